import { setTimeout as sleep } from 'node:timers/promises'
import type { ForgetProgress } from '#shared/contract/privacy.ts'
import { LIMITS } from '#shared/limits.ts'
import type { UserCalls } from '../store/queries/user-calls.ts'
import type { Store } from '../store/store.ts'
import type { KeyedHash } from './capture-call.ts'

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
  /** Whether something that comes back, from an archive, is to stay forgotten. @param call.startedAt epoch ms. */
  isForgotten(call: { requestId: string; userId: string | null; startedAt: number }): boolean
}

export interface ForgettingParts {
  store: Pick<
    Store,
    'ask' | 'forgetCalls' | 'forgetFeedback' | 'forgetName' | 'purgeTextIndex' | 'rewriteSmall' | 'emptyLog'
  >
  hash: KeyedHash
  /** Takes a user's name out of what others hold in memory. */
  forgetElsewhere: (userId: string) => Promise<void>
  /** epoch ms */
  now?: () => number
  callsPerLook?: number
}

const STAND_IN = '[forgotten]'
/** Readers let go of the log when they have answered. */
const EMPTY_LOG_TRIES = 100
const EMPTY_LOG_DELAY_MS = 100

/** @throws ConsoleError what the functions of the store throw. */
export async function openForgetting({
  store,
  hash,
  forgetElsewhere,
  now = Date.now,
  callsPerLook = LIMITS.callsScannedForUser,
}: ForgettingParts): Promise<Forgetting> {
  const kept = await store.ask('readForgotten', null)
  const forgotten = new Map(kept.map(({ digest, forgottenAt }) => [digest, forgottenAt]))
  const userDigest = (userId: string) => hash(`user ${userId}`)
  const callDigest = (requestId: string) => hash(`call ${requestId}`)

  async function forgetCalls(ids: readonly number[], digests: readonly string[]): Promise<number> {
    const forgottenAt = now()
    const deleted = await store.forgetCalls({ ids, digests, forgottenAt })
    for (const digest of digests) forgotten.set(digest, forgottenAt)
    return deleted
  }

  async function emptyLog(signal?: AbortSignal): Promise<boolean> {
    for (let tries = 0; tries < EMPTY_LOG_TRIES && !signal?.aborted; tries += 1) {
      if (await store.emptyLog()) return true
      await sleep(EMPTY_LOG_DELAY_MS)
    }
    return false
  }

  return {
    find: (userId) => store.ask('countUser', { userId }),
    async *user(userId, signal) {
      const { calls: total } = await store.ask('countUser', { userId })
      const progress: ForgetProgress = { done: 0, total, feedback: 0, isFinished: false }
      const show = () => ({ ...progress, total: Math.max(total, progress.done) })
      yield show()
      await forgetCalls([], [userDigest(userId)])
      for (let after: number | null = 0; after !== null;) {
        const look: UserCalls = await store.ask('userCalls', { userId, after, length: callsPerLook })
        for (const some of chunksOf(look.calls)) {
          if (signal?.aborted) return
          // Those that are told by their user need no hash of their own.
          const nobodys = some.filter((call) => !call.isOfUser).map(({ requestId }) => callDigest(requestId))
          await forgetCalls(
            some.map(({ id }) => id),
            nobodys,
          )
          // Steps go along uncounted.
          progress.done += some.filter((call) => call.isCounted).length
          yield show()
        }
        if (signal?.aborted) return
        after = look.end
      }
      for (let pieces: number = LIMITS.forgottenPerCommit; pieces === LIMITS.forgottenPerCommit;) {
        if (signal?.aborted) return
        pieces = await store.forgetFeedback(userId, LIMITS.forgottenPerCommit)
        progress.feedback += pieces
      }
      await forgetElsewhere(userId)
      await store.forgetName(userId, STAND_IN)
      await store.purgeTextIndex()
      await store.rewriteSmall()
      progress.isFinished = await emptyLog(signal)
      yield show()
    },
    async call({ id, requestId }) {
      const deleted = await forgetCalls([id], [callDigest(requestId)])
      await store.purgeTextIndex()
      await emptyLog()
      return deleted > 0
    },
    isForgotten({ requestId, userId, startedAt }) {
      if (forgotten.size === 0) return false
      const since = Math.max(
        forgotten.get(callDigest(requestId)) ?? -Infinity,
        userId === null ? -Infinity : (forgotten.get(userDigest(userId)) ?? -Infinity),
      )
      return startedAt <= since
    },
  }
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks = []
  for (let start = 0; start < items.length; start += LIMITS.forgottenPerCommit) {
    chunks.push(items.slice(start, start + LIMITS.forgottenPerCommit))
  }
  return chunks
}
