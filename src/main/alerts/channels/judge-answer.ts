import type { SendResult } from './channel-sender.ts'
import type { PostResult } from './guarded-post.ts'
import { reasonWith } from './reason.ts'
import { readRetryAfter } from './retry-after.ts'

/** Answers that say: later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429])

/** What a chat product says in the body of an answer that has a good status. */
export interface VendorVerdict {
  isGood: boolean
  /** Whether the same message may be taken later. */
  isPassing: boolean
  said: string
}

export interface JudgeOptions {
  now: number
  secrets: readonly string[]
  /** Absent: the status says it all. */
  readVerdict?: (body: string) => VendorVerdict
}

/** Decides by an answer, or by its absence, whether a message has arrived, may arrive later, or never will. */
export function judgeAnswer(result: PostResult, { now, secrets, readVerdict }: JudgeOptions): SendResult {
  if (result.kind === 'unreachable') return { outcome: 'retry', reason: result.reason }
  if (result.kind === 'refused') {
    const { reason, status } = result
    return status === undefined
      ? { outcome: 'dead', reason }
      : { outcome: 'dead', reason, lastStatus: status }
  }
  const { status: lastStatus } = result
  // A page says nothing in one line.
  const text = result.text.trimStart().startsWith('<') ? '' : result.text
  const retryAfterMs = readRetryAfter(result.retryAfter, now)
  const later = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (LATER.has(lastStatus) || lastStatus >= 500)
    return { outcome: 'retry', reason: reasonWith('answer', text, secrets), lastStatus, ...later }
  if (lastStatus < 200 || lastStatus > 299)
    return { outcome: 'dead', reason: reasonWith('refused', text, secrets), lastStatus }
  const verdict = readVerdict?.(text)
  if (verdict === undefined || verdict.isGood) return { outcome: 'sent', lastStatus }
  return verdict.isPassing
    ? { outcome: 'retry', reason: reasonWith('answer', verdict.said, secrets), lastStatus, ...later }
    : { outcome: 'dead', reason: reasonWith('refused', verdict.said, secrets), lastStatus }
}
