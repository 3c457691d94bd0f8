import type { StoredAlertRecord } from '../store/alerts/alert-changes.ts'
import type { RecordPlace } from '../store/queries/list-alert-records.ts'
import type { Store } from '../store/store.ts'
import type { AlertBook } from './alert-book.ts'
import { instanceKey } from './alert-book.ts'

const PAGE = 500

/**
 * Takes out records as if their episodes had never been: what fires of them ends, and nobody is told.
 *
 * @param from epoch ms; records that started at or after it.
 * @returns how many there were.
 */
export async function removeRecords(
  { store, book }: { store: Pick<Store, 'ask' | 'removeAlertRecords'>; book: AlertBook },
  from: number,
  isMeant: (record: Pick<StoredAlertRecord, 'labels'>) => boolean,
): Promise<number> {
  const ids = new Set<string>()
  for (let after: RecordPlace | undefined, isLast = false; !isLast;) {
    const { items, end } = await store.ask('listAlertRecords', { from, limit: PAGE, after })
    for (const record of items) if (isMeant(record)) ids.add(record.id)
    isLast = end === null
    after = end ?? undefined
  }
  await book.transact((draft) => {
    const rules = new Set<string>()
    for (const record of [...draft.records.values()]) {
      if (record.startedAt >= from && isMeant(record)) ids.add(record.id)
      if (!ids.has(record.id)) continue
      rules.add(record.ruleId)
      draft.records.delete(record.id)
    }
    for (const { ruleId, labels, recordId } of [...draft.instances.values()])
      if (ids.has(recordId)) draft.instances.delete(instanceKey(ruleId, labels))
    // Channels are told nothing more of them; if others of the rule fire still, these begin anew.
    for (const ruleId of rules) draft.groups.delete(ruleId)
  })
  await store.removeAlertRecords([...ids])
  return ids.size
}
