import { v7 as timeOrderedId } from 'uuid'
import type { StoredAlertRecord, StoredAlertRule } from '../store/alerts/alert-changes.ts'
import type { AlertDraft } from './alert-book.ts'
import { isOfBrokenRule } from './apply-readings.ts'
import type { Block, ChannelMemory, Notice } from './grouping.ts'
import { decideNotices, NOTHING_TOLD } from './grouping.ts'
import type { AlertMessage } from './message.ts'
import { isQuiet } from './quiet-hours.ts'
import { isSilenced } from './silences.ts'

/** What a look at a group depends on. */
export interface Flush {
  /** epoch ms */
  now: number
  /** When the group is looked at next, epoch ms. */
  nextFlushAt: number
  /** Why a channel cannot be used at all, null if it can. */
  blockOf: (channelId: string) => Block | null
  /** Whether what said that a record fires has reached a channel, or may still. */
  hasSeen: (recordId: string, channelId: string) => boolean
  /** Fills the fields of a message template in. */
  fillTemplate: FillTemplate
}

export type FillTemplate = (template: string, message: Omit<AlertMessage, 'text'>) => string

/** Records that a message names; the others are counted. */
const RECORDS_NAMED = 20
const MINUTE_MS = 60_000

/** Looks at what fires of a rule, and puts what is to be told of it into the outbox. */
export function flushGroup(draft: AlertDraft, ruleId: string, flush: Flush): void {
  const group = draft.groups.get(ruleId)
  if (!group) return
  const { now } = flush
  // A rule that is gone is spoken of as it was.
  const rule = draft.rules.get(ruleId) ?? group.rule
  const firing = [...draft.records.values()]
    .filter((record) => record.ruleId === ruleId && isFiring(record) && !isOfBrokenRule(record))
    .sort((a, b) => (a.firedAt ?? 0) - (b.firedAt ?? 0) || (a.id < b.id ? -1 : 1))
  const silences = [...draft.silences.values()]
  const silenced = (id: string) => {
    const record = draft.record(id)
    return record !== undefined && isSilenced(silences, record, now)
  }
  const isQuietNow = isQuiet(rule.quietHours, now)
  const channels: Record<string, ChannelMemory> = {}
  for (const channelId of rule.channels) {
    const { notices, memory } = decideNotices(group.state.channels[channelId] ?? NOTHING_TOLD, {
      now,
      repeatMs: rule.repeatMinutes * MINUTE_MS,
      firing,
      isSilenced: silenced,
      blocked: flush.blockOf(channelId) ?? (isQuietNow && channelId !== 'inApp' ? 'quiet-hours' : null),
      hasSeen: (recordId) => flush.hasSeen(recordId, channelId),
    })
    for (const notice of notices) enqueue(draft, rule, channelId, notice, flush)
    if (Object.keys(memory.members).length > 0) channels[channelId] = memory
  }
  if (firing.length === 0 && Object.keys(channels).length === 0) draft.groups.delete(ruleId)
  else draft.groups.set(ruleId, { rule, state: { flushAt: flush.nextFlushAt, channels } })
}

function isFiring({ state }: StoredAlertRecord): boolean {
  return state === 'firing' || state === 'recovering'
}

/** Puts a notification into the outbox, or a note that it is suppressed. */
export function enqueue(
  draft: AlertDraft,
  rule: StoredAlertRule,
  channelId: string,
  { event, recordIds, suppression }: Pick<Notice, 'event' | 'recordIds' | 'suppression'>,
  { now, fillTemplate }: Pick<Flush, 'now' | 'fillTemplate'>,
): void {
  const silences = [...draft.silences.values()]
  const records = recordIds.slice(0, RECORDS_NAMED).flatMap((id) => {
    const record = draft.record(id)
    if (!record) return []
    const { rule: snapshot, ...shown } = record
    return [{ ...shown, isSilenced: isSilenced(silences, { rule: snapshot, labels: record.labels }, now) }]
  })
  const { id, name, description, severity, messageTemplate, conditions } = rule
  const message = {
    deliveryId: timeOrderedId(),
    event,
    rule: { id, name, description, severity, compareTo: conditions[0]?.compareTo },
    records,
    recordCount: recordIds.length,
    createdAt: now,
  }
  const text = messageTemplate === '' ? null : fillTemplate(messageTemplate, message)
  draft.deliveries.push({
    id: message.deliveryId,
    channelId,
    ruleId: rule.id,
    event,
    payload: { ...message, text } satisfies AlertMessage,
    recordIds,
    status: suppression === null ? 'queued' : 'suppressed',
    reason: suppression,
    createdAt: now,
  })
}
