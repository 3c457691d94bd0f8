import type { AlertRecord, AlertRecordDetail } from '#shared/contract/alerts/records.ts'
import type { AlertRule } from '#shared/contract/alerts/rules.ts'
import type { InstanceLabels } from '../store/alerts/alert-changes.ts'
import type { AlertRecordRequest, NotifiedRecord, RecordPlace } from '../store/queries/list-alert-records.ts'
import type { Store } from '../store/store.ts'
import type { AlertBook, AlertDraft } from './alert-book.ts'
import { instanceKey } from './alert-book.ts'
import { endEpisode } from './end-episodes.ts'
import { isSilenced } from './silences.ts'

/** Why a record cannot be what was asked for. */
export type RecordProblem = 'not-found' | 'not-firing' | 'not-resolved' | 'rule-inactive' | 'fires-again'

/** Firing episodes. */
export interface AlertRecords {
  /** Newest first. */
  list(request: AlertRecordRequest): Promise<{ items: AlertRecord[]; end: RecordPlace | null }>
  get(id: string): Promise<AlertRecordDetail | undefined>
  acknowledge(id: string): Promise<AlertRecord | RecordProblem>
  /** Ends an episode. If the rule is still breached it waits anew, and then fires as another. */
  resolve(id: string, note: string): Promise<AlertRecord | RecordProblem>
  /** Goes on with an episode that was resolved, until the rule is not breached. */
  reopen(id: string): Promise<AlertRecord | RecordProblem>
  counts(): Promise<{ unread: number; firing: number }>
  /** @param ids absent: all. */
  markRead(ids?: readonly string[]): Promise<void>
}

export function createRecords(options: {
  store: Pick<Store, 'ask'>
  book: AlertBook
  /** epoch ms */
  now: () => number
}): AlertRecords {
  const { store, book, now } = options
  const show = ({ rule, ...record }: NotifiedRecord): AlertRecord => ({
    ...record,
    isSilenced:
      record.state !== 'resolved' &&
      isSilenced(book.silences.values(), { rule, labels: record.labels }, now()),
  })
  const find = (id: string) => store.ask('getAlertRecord', { id })

  /** Changes a record that is there; those that are open are in memory, and truer there. */
  const change = async (
    id: string,
    make: (draft: AlertDraft, record: NotifiedRecord) => RecordProblem | undefined,
  ): Promise<AlertRecord | RecordProblem> => {
    const stored = await find(id)
    if (!stored) return 'not-found'
    const problem = await book.transact((draft) =>
      make(draft, { ...stored, ...draft.records.get(id), notifications: stored.notifications }),
    )
    if (problem) return problem
    const changed = await find(id)
    return changed ? show(changed) : 'not-found'
  }

  return {
    async list(request) {
      const { items, end } = await store.ask('listAlertRecords', request)
      return { items: items.map(show), end }
    },
    async get(id) {
      const [stored, points] = await Promise.all([find(id), store.ask('recordPoints', { id })])
      return stored && { ...show(stored), rule: stored.rule, points }
    },
    acknowledge: (id) =>
      change(id, (draft, { notifications: _, ...record }) => {
        draft.records.set(id, { ...record, isAcknowledged: true, isRead: true })
        return undefined
      }),
    resolve: (id, note) =>
      change(id, (draft, { notifications: _, ...record }) => {
        if (record.state !== 'firing' && record.state !== 'recovering') return 'not-firing'
        draft.records.set(id, { ...record, isRead: true })
        endEpisode(draft, { ...record, recordId: id }, { resolvedAt: now(), resolvedBy: 'user', note })
        return undefined
      }),
    reopen: (id) =>
      change(id, (draft, { notifications: _, ...record }) => {
        const { ruleId, labels } = record
        if (record.state !== 'resolved') return 'not-resolved'
        const rule = draft.rules.get(ruleId)
        if (!rule?.isEnabled || !isOfSplit(labels, rule.splitBy)) return 'rule-inactive'
        const key = instanceKey(ruleId, labels)
        if (draft.instances.get(key)) return 'fires-again'
        draft.instances.set(key, { ruleId, labels, recordId: id, state: { phase: 'firing' } })
        draft.beginGroup(rule, now())
        draft.records.set(id, {
          ...record,
          state: 'firing',
          resolvedAt: null,
          resolvedBy: null,
          isAcknowledged: false,
        })
        return undefined
      }),
    counts: () => store.ask('countAlertRecords', null),
    async markRead(ids) {
      const wanted = ids && new Set(ids)
      await book.transact((draft) => {
        for (const record of [...draft.records.values()]) {
          if (record.state === 'pending' || record.isRead) continue
          if (wanted === undefined || wanted.has(record.id))
            draft.records.set(record.id, { ...record, isRead: true })
        }
        draft.read = ids ?? 'all'
      })
    },
  }
}

/** Whether a rule that is split so has instances with these labels. */
function isOfSplit(labels: InstanceLabels, splitBy: AlertRule['splitBy']): boolean {
  return Object.keys(labels).join() === (splitBy === 'none' ? '' : splitBy)
}
