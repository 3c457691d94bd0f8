import { setTimeout as sleep } from 'node:timers/promises'
import { chunksOf } from '#shared/chunks-of.ts'
import type { ForgetProgress } from '#shared/contract/privacy.ts'
import { LIMITS } from '#shared/limits.ts'
import type { CallOwners } from '../store/queries/call-owners.ts'
import type { UserCalls } from '../store/queries/user-calls.ts'
import type { Store } from '../store/store.ts'
import type { KeyedHash } from './capture-call.ts'
import type { ForgottenList } from './forgotten-list.ts'

/** Deletes so that nothing is left, in the free pages of the files either. */
export interface Forgetting {
  /** How much is kept of a user. */
  find(userId: string): Promise<{ calls: number; feedback: number }>
  /**
   * Forgets a user, a few calls at a time. It may be ended at any time: what is gone stays gone, and the next time goes on.
   * What the user sends later is kept as ever.
   */
  user(userId: string, signal?: AbortSignal): AsyncGenerator<ForgetProgress>
  /** Forgets one call. Feedback on it stays. @returns whether it was there. */
  call(call: { id: number; requestId: string }): Promise<boolean>
  /**
   * Whether something that comes back, from an archive or a file, is to stay forgotten.
   *
   * @param what.requestId null: not a call, but something else that the user did, such as feedback.
   * @param what.startedAt epoch ms
   */
  isForgotten(what: { requestId: string | null; userId: string | null; startedAt: number }): boolean
  /**
   * Forgets again what the database does not know to be forgotten: it is a backup of before, or the console was killed in
   * the middle. When it resolves nothing of it can be read; what is left in free pages and in archives goes meanwhile.
   */
  catchUp(): Promise<void>
  /** Ends what goes on beside; the next start goes on. */
  close(): void
}

export interface ForgettingParts {
  store: Pick<
    Store,
    'ask' | 'forgetCalls' | 'forgetFeedback' | 'forgetName' | 'purgeTextIndex' | 'rewriteSmall' | 'emptyLog'
  >
  list: ForgottenList
  hash: KeyedHash
  /** Takes users' names out of what others hold in memory. */
  forgetElsewhere: (userIds: readonly string[]) => Promise<void>
  /** Takes out of archives what is to stay forgotten. */
  forgetArchived: (signal: AbortSignal | undefined) => Promise<void>
  /** Tells that `catchUp` has to look through all calls, for how much of the list. */
  onCatchUp: (due: number) => void
  /** Tells of what `catchUp` did, and could not do. */
  onCaughtUp: (done: { calls: number; users: number } | { error: unknown }) => void
  /** epoch ms */
  now?: () => number
  callsPerLook?: number
}

const STAND_IN = '[forgotten]'
/** Readers let go of the log when they have answered. */
const EMPTY_LOG_TRIES = 100
const EMPTY_LOG_DELAY_MS = 100
/** The main thread hashes what each call is known by: no longer at once than a page would notice. */
const OWNERS_PER_LOOK = 5_000
/** SQLite binds at most 32,766 values in a statement. */
const USERS_PER_LOOK = 1_000

/** @throws ConsoleError what the functions of the store throw. */
export async function openForgetting({
  store,
  list,
  hash,
  forgetElsewhere,
  forgetArchived,
  onCatchUp,
  onCaughtUp,
  now = Date.now,
  callsPerLook = LIMITS.callsScannedForUser,
}: ForgettingParts): Promise<Forgetting> {
  const noted = new Map(
    (await store.ask('readForgotten', null)).map(({ digest, forgottenAt }) => [digest, forgottenAt]),
  )
  // Of before there was a list.
  for (const [forgottenAt, digests] of byTime(newerIn(noted, list.entries)))
    await list.add(digests, forgottenAt)
  const userDigest = (userId: string) => hash(`user ${userId}`)
  const callDigest = (requestId: string) => hash(`call ${requestId}`)
  const closing = new AbortController()

  /** The list first: whatever is in the place of the database when this is cut off, it is forgotten there. */
  async function remember(digests: readonly string[]): Promise<number> {
    const forgottenAt = now()
    await list.add(digests, forgottenAt)
    return forgottenAt
  }

  async function emptyLog(signal?: AbortSignal): Promise<boolean> {
    for (let tries = 0; tries < EMPTY_LOG_TRIES && !signal?.aborted; tries += 1) {
      if (await store.emptyLog()) return true
      await sleep(EMPTY_LOG_DELAY_MS)
    }
    return false
  }

  /** @yields after each piece of work how much went with it. */
  async function* deleteUsers(
    userIds: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<{ calls: number; feedback: number }> {
    for (let after: number | null = 0; after !== null;) {
      const look: UserCalls = await store.ask('userCalls', { userIds, after, length: callsPerLook })
      for (const some of chunksOf(look.calls, LIMITS.forgottenPerCommit)) {
        if (signal?.aborted) return
        // Those that are told by their user need no hash of their own.
        const digests = some.filter((call) => !call.isOfUser).map(({ requestId }) => callDigest(requestId))
        const forgottenAt = await remember(digests)
        await store.forgetCalls({ ids: some.map(({ id }) => id), digests, forgottenAt })
        // Steps go along uncounted.
        yield { calls: some.filter((call) => call.isCounted).length, feedback: 0 }
      }
      if (signal?.aborted) return
      after = look.end
    }
    for (const userId of userIds) {
      for (let pieces: number = LIMITS.forgottenPerCommit; pieces === LIMITS.forgottenPerCommit;) {
        if (signal?.aborted) return
        pieces = await store.forgetFeedback(userId, LIMITS.forgottenPerCommit)
        yield { calls: 0, feedback: pieces }
      }
    }
    await forgetElsewhere(userIds)
    for (const userId of userIds) await store.forgetName(userId, STAND_IN)
  }

  /** @returns whether nothing is left in the free pages and the log. */
  async function overwrite(signal?: AbortSignal): Promise<boolean> {
    await store.purgeTextIndex()
    await store.rewriteSmall()
    return emptyLog(signal)
  }

  /** Notes in the database what has been carried out there. */
  async function note(entries: Iterable<readonly [digest: string, forgottenAt: number]>): Promise<void> {
    for (const [forgottenAt, digests] of byTime(entries))
      await store.forgetCalls({ ids: [], digests, forgottenAt })
  }

  /** What was forgotten and is not noted: the users who are named still, and of calls how many were here. */
  async function deleteDue(due: ReadonlyMap<string, number>): Promise<{ calls: number; users: string[] }> {
    const users = new Map<string, boolean>()
    const isDue = (userId: string) => {
      const isKnown = users.get(userId) ?? due.has(userDigest(userId))
      users.set(userId, isKnown)
      return isKnown
    }
    for (const name of await store.ask('namedUsers', null)) isDue(name)
    let calls = 0
    for (let after: number | null = 0; after !== null;) {
      const look: CallOwners = await store.ask('callOwners', { after, length: OWNERS_PER_LOOK })
      const gone = look.calls.filter(
        ({ requestId, userId }) => !(userId !== null && isDue(userId)) && due.has(callDigest(requestId)),
      )
      for (const some of chunksOf(gone, LIMITS.forgottenPerCommit)) {
        const ids = some.map(({ id }) => id)
        calls += await store.forgetCalls({ ids, digests: [], forgottenAt: 0 })
      }
      after = look.end
    }
    return { calls, users: [...users].flatMap(([userId, isMeant]) => (isMeant ? userId : [])) }
  }

  async function finish(due: ReadonlyMap<string, number>): Promise<void> {
    await forgetArchived(closing.signal)
    await overwrite(closing.signal)
    if (!closing.signal.aborted) await note(due)
  }

  return {
    find: (userId) => store.ask('countUser', { userId }),
    async *user(userId, signal) {
      const { calls: total } = await store.ask('countUser', { userId })
      const progress: ForgetProgress = { done: 0, total, feedback: 0, isFinished: false }
      const show = () => ({ ...progress, total: Math.max(total, progress.done) })
      yield show()
      const digest = userDigest(userId)
      const forgottenAt = await remember([digest])
      let isCutOff = true
      try {
        for await (const { calls, feedback } of deleteUsers([userId], signal)) {
          progress.done += calls
          progress.feedback += feedback
          yield show()
        }
        if (!signal?.aborted) {
          const isGone = await overwrite(signal)
          await forgetArchived(signal)
          progress.isFinished = isGone && !signal?.aborted
        }
        isCutOff = false
      } finally {
        // Who ended it knows what is left. What was cut off otherwise is not noted: the next start goes on.
        if (!isCutOff || signal?.aborted) await note([[digest, forgottenAt]])
      }
      if (!signal?.aborted) yield show()
    },
    async call({ id, requestId }) {
      const digest = callDigest(requestId)
      const forgottenAt = await remember([digest])
      const deleted = await store.forgetCalls({ ids: [id], digests: [], forgottenAt })
      await note([[digest, forgottenAt]])
      await store.purgeTextIndex()
      await emptyLog()
      return deleted > 0
    },
    isForgotten({ requestId, userId, startedAt }) {
      if (list.entries.size === 0) return false
      const since = Math.max(
        requestId === null ? -Infinity : (list.entries.get(callDigest(requestId)) ?? -Infinity),
        userId === null ? -Infinity : (list.entries.get(userDigest(userId)) ?? -Infinity),
      )
      return startedAt <= since
    },
    async catchUp() {
      const due = new Map(newerIn(list.entries, noted))
      if (due.size === 0) return
      onCatchUp(due.size)
      const { calls, users } = await deleteDue(due)
      const done = { calls, users: users.length }
      for (const some of chunksOf(users, USERS_PER_LOOK))
        for await (const step of deleteUsers(some)) done.calls += step.calls
      onCaughtUp(done)
      void finish(due).catch((error: unknown) => {
        if (!closing.signal.aborted) onCaughtUp({ error })
      })
    },
    close: () => closing.abort(),
  }
}

/** What is in one list and not, or with an earlier time, in the other. */
function newerIn(
  list: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): [digest: string, forgottenAt: number][] {
  return [...list].filter(([digest, forgottenAt]) => (other.get(digest) ?? -Infinity) < forgottenAt)
}

function byTime(entries: Iterable<readonly [digest: string, forgottenAt: number]>): Map<number, string[]> {
  const times = new Map<number, string[]>()
  for (const [digest, forgottenAt] of entries) {
    const digests = times.get(forgottenAt)
    if (digests) digests.push(digest)
    else times.set(forgottenAt, [digest])
  }
  return times
}
