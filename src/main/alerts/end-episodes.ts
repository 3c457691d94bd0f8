import type { EndNote } from '#shared/contract/alerts/records.ts'
import type { StoredAlertRecord } from '../store/alerts/alert-changes.ts'
import type { AlertDraft, Instance } from './alert-book.ts'
import { instanceKey } from './alert-book.ts'

/**
 * Ends what a rule's instances are in: what fires is resolved, what has not fired is forgotten.
 *
 * @param at epoch ms
 */
export function endEpisodes(
  draft: AlertDraft,
  ruleId: string,
  { at, note, isEnded = () => true }: { at: number; note: EndNote; isEnded?: (of: Instance) => boolean },
): void {
  for (const instance of [...draft.instances.values()]) {
    if (instance.ruleId === ruleId && isEnded(instance)) {
      endEpisode(draft, instance, { resolvedAt: at, resolvedBy: 'user', note })
    }
  }
}

/** Ends the episode that an instance is in; one that has not fired leaves no record. */
export function endEpisode(
  draft: AlertDraft,
  { ruleId, labels, recordId }: Pick<Instance, 'ruleId' | 'labels' | 'recordId'>,
  end: Pick<StoredAlertRecord, 'resolvedAt' | 'resolvedBy' | 'note'>,
): void {
  draft.instances.delete(instanceKey(ruleId, labels))
  const record = draft.records.get(recordId)
  if (record?.state === 'pending') draft.records.delete(recordId)
  else if (record) draft.records.set(recordId, { ...record, ...end, state: 'resolved' })
}
