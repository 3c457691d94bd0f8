import type { SendResult } from './channels/channel-sender.ts'
import type { DeliveryMark } from '../store/alerts/deliveries.ts'

/** Between the first failure and the next attempt; then twice as long each time. */
const FIRST_DELAY_MS = 5_000
const LONGEST_DELAY_MS = 300_000
/** So many doublings reach the longest delay. */
const DOUBLINGS = 6
/** Delays differ by this share, so that what failed together is not tried together. */
const JITTER = 0.2
/** A notification that could not be delivered for so long is of no use any more. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000

export interface Attempted {
  id: string
  /** This one included. */
  attempts: number
  /** epoch ms */
  createdAt: number
}

/**
 * What becomes of a delivery after an attempt. Failures that may pass are tried again after 5 s, then twice as long each
 * time up to 5 min, or as long as the other side asks for, until the delivery is a day old.
 *
 * @param random 0 ≤ x < 1
 */
export function afterAttempt(
  delivery: Attempted,
  result: SendResult,
  { now, random }: { now: number; random: number },
): DeliveryMark {
  const { id, attempts, createdAt } = delivery
  const reason = result.outcome === 'sent' ? (result.reason ?? null) : result.reason
  const lastStatus = result.outcome === 'suppressed' ? null : (result.lastStatus ?? null)
  if (result.outcome !== 'retry')
    return { id, status: result.outcome, reason, lastStatus, nextAttemptAt: null }
  const doublings = Math.min(Math.max(0, attempts - 1), DOUBLINGS)
  const backOffMs = FIRST_DELAY_MS * 2 ** doublings * (1 + JITTER * (2 * random - 1))
  const delayMs = Math.round(Math.max(Math.min(backOffMs, LONGEST_DELAY_MS), result.retryAfterMs ?? 0))
  const nextAttemptAt = now + delayMs
  return nextAttemptAt > createdAt + GIVE_UP_AFTER_MS
    ? { id, status: 'dead', reason, lastStatus, nextAttemptAt: null }
    : { id, status: 'retrying', reason, lastStatus, nextAttemptAt }
}
