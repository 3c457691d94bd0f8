import type { DateTime } from 'luxon'

const DAY_MS = 86_400_000

/** @returns the moment, epoch ms, when clocks first show that time: at a change of clocks they may show it twice. */
export function firstMomentOf(time: DateTime): number {
  const moment = time.toMillis()
  // No change before it, no time before it that was the same; to look for it takes ten times as long.
  if (time.zone.offset(moment - DAY_MS) === time.offset) return moment
  return Math.min(...time.getPossibleOffsets().map((possible) => possible.toMillis()))
}
