/** The rollups' finest buckets: a range of whole ones is answered without a look at the calls. */
const STEP_MS = 5 * 60_000
const THIRTY_DAYS_MS = 30 * 24 * 3_600_000

/** @returns epoch ms `[from, to)`; a call that starts this very moment is in it. */
export function lastThirtyDays(now: number): { from: number; to: number } {
  const to = (Math.floor(now / STEP_MS) + 1) * STEP_MS
  return { from: to - THIRTY_DAYS_MS, to }
}
