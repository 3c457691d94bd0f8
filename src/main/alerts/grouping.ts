import * as z from 'zod'
import { LIMITS } from '#shared/limits.ts'

const memberSchema = z.object({
  /** Whether the channel was told that it fires. */
  isTold: z.boolean(),
  /** Whether a silence has kept it quiet, so that its end is worth saying. */
  isMuted: z.boolean(),
  /** What was noted on its record as suppressed, so that it is noted once. */
  noted: z.enum(['firing', 'unmuted']).nullable(),
})
type Member = z.output<typeof memberSchema>

const channelMemorySchema = z.object({
  /** By id of the record. */
  members: z.record(z.string(), memberSchema),
  /** When the channel was last told of all that fires, epoch ms. */
  lastNotifiedAt: z.number().nullable(),
})
export type ChannelMemory = z.output<typeof channelMemorySchema>

/** What channels were told of a rule. */
export const groupStateSchema = z.object({
  /** When the group is looked at next, epoch ms. */
  flushAt: z.number(),
  /** By id of the channel. */
  channels: z.record(z.string(), channelMemorySchema),
})
export type GroupState = z.output<typeof groupStateSchema>

/** Why something is said. */
export type NoticeCause =
  'first notification' | 'new member' | 'silence ended' | 'all resolved' | 'repeat interval elapsed'

/** Why nothing may be said to a channel, whatever it is. */
export type Block = 'quiet-hours' | 'channel-disabled' | 'channel-removed'

/** Why something is not said. */
export type Suppression = Block | 'silenced' | 'firing-not-delivered'

/** Something to be said to a channel, or, with a reason, to be noted as not said. */
export interface Notice {
  event: 'firing' | 'repeat' | 'resolved' | 'unmuted'
  cause: NoticeCause
  recordIds: string[]
  suppression: Suppression | null
}

/** A record that fires. */
interface FiringRecord {
  id: string
  isAcknowledged: boolean
}

export interface GroupView {
  /** epoch ms */
  now: number
  repeatMs: number
  firing: readonly FiringRecord[]
  isSilenced: (recordId: string) => boolean
  /** Why nothing may go to this channel now, whatever it is. */
  blocked: Block | null
  /** Whether what said that a record fires has reached the channel, or may still. */
  hasSeen: (recordId: string) => boolean
}

export const NOTHING_TOLD: ChannelMemory = { members: {}, lastNotifiedAt: null }

/**
 * Decides what one channel is told of a rule's records: the first that fires, new ones, those whose silence ended, all of them
 * again after the repeat interval, and that all are resolved. Nothing else is said. What fired and was resolved since the last
 * look is not spoken of. A record that was acknowledged is not repeated.
 *
 * @returns what is to be said, and what is to be remembered.
 */
export function decideNotices(
  memory: ChannelMemory,
  view: GroupView,
): { notices: Notice[]; memory: ChannelMemory } {
  const { firing, isSilenced, blocked, now } = view
  const notices: Notice[] = []
  const before = new Map(Object.entries(memory.members))
  const fires = new Set(firing.map(({ id }) => id))
  // What was told and fires no longer waits until nothing else does; of what comes and goes for days, the last.
  const gone = [...before]
    .filter(([id, { isTold }]) => isTold && !fires.has(id))
    .slice(-LIMITS.alertInstances)
  const members = new Map<string, Member>(gone)
  const hasTold = [...before].some(([id, { isTold }]) => isTold && fires.has(id))
  const fresh: string[] = []
  const unmuted: string[] = []
  const say = (
    event: Notice['event'],
    cause: NoticeCause,
    recordIds: string[],
    suppression: Suppression | null,
  ): void => {
    if (recordIds.length > 0) notices.push({ event, cause, recordIds, suppression })
  }
  const note = (ids: readonly string[], noted: 'firing' | 'unmuted'): string[] =>
    ids.filter((id) => {
      const member = members.get(id)
      if (!member || member.noted === noted) return false
      members.set(id, { ...member, noted })
      return true
    })
  const tell = (ids: readonly string[]): void => {
    for (const id of ids) members.set(id, { isTold: true, isMuted: false, noted: null })
  }
  // A clock that was put back must not make a repeat wait for longer than its interval.
  let lastNotifiedAt = memory.lastNotifiedAt === null ? null : Math.min(memory.lastNotifiedAt, now)

  for (const { id } of firing) {
    const member = before.get(id) ?? { isTold: false, isMuted: false, noted: null }
    members.set(id, isSilenced(id) ? { ...member, isMuted: true } : member)
    if (isSilenced(id)) continue
    if (member.isMuted) unmuted.push(id)
    else if (!member.isTold) fresh.push(id)
  }

  const cause = hasTold ? 'new member' : 'first notification'
  const silenced = firing.filter(({ id }) => isSilenced(id)).map(({ id }) => id)
  const untold = silenced.filter((id) => members.get(id)?.isTold === false)
  say('firing', cause, note(untold, 'firing'), 'silenced')
  if (blocked) {
    say('firing', cause, note(fresh, 'firing'), blocked)
    say('unmuted', 'silence ended', note(unmuted, 'unmuted'), blocked)
  } else {
    say('firing', cause, fresh, null)
    say('unmuted', 'silence ended', unmuted, null)
    if (fresh.length + unmuted.length > 0 && !hasTold) lastNotifiedAt = now
    tell([...fresh, ...unmuted])
  }

  if (firing.every(({ id }) => isSilenced(id) && members.get(id)?.isTold === false)) {
    const ids = gone.map(([id]) => id)
    for (const id of ids) members.delete(id)
    const seen = ids.filter(view.hasSeen)
    say(
      'resolved',
      'all resolved',
      seen.filter((id) => !isSilenced(id)),
      blocked,
    )
    say('resolved', 'all resolved', seen.filter(isSilenced), blocked ?? 'silenced')
    const unseen = ids.filter((id) => !view.hasSeen(id))
    say('resolved', 'all resolved', unseen, 'firing-not-delivered')
    if (firing.length === 0) lastNotifiedAt = null
  }

  const told = firing.filter(({ id, isAcknowledged }) => before.get(id)?.isTold === true && !isAcknowledged)
  const isDue = lastNotifiedAt !== null && now - lastNotifiedAt >= view.repeatMs
  if (isDue && told.length > 0) {
    const ids = told.map(({ id }) => id)
    const audible = ids.filter((id) => !isSilenced(id) && before.get(id)?.isMuted !== true)
    if (audible.length > 0) say('repeat', 'repeat interval elapsed', audible, blocked)
    else if (unmuted.length === 0) say('repeat', 'repeat interval elapsed', ids, blocked ?? 'silenced')
    lastNotifiedAt = now
  }
  return { notices, memory: { ...memory, members: Object.fromEntries(members), lastNotifiedAt } }
}
