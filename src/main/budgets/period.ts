import { DateTime } from 'luxon'
import type { BudgetPeriod } from '#shared/contract/budgets.ts'

/** epoch ms, `[from, to)` */
export interface Period {
  from: number
  to: number
}

/**
 * The day, week or month of a time zone that a moment lies in. Weeks begin on Monday (ISO 8601). A day with a change of
 * clocks has 23 or 25 hours; where midnight is left out it begins when the clocks say so, where it comes twice with the
 * first.
 *
 * @param at epoch ms
 * @param timeZone IANA name
 */
export function periodAt(period: BudgetPeriod, at: number, timeZone: string): Period {
  const start = DateTime.fromMillis(at, { zone: timeZone }).startOf(period)
  return { from: firstOf(start), to: firstOf(start.plus({ [period]: 1 }).startOf(period)) }
}

/** The moment when clocks first show that time: at a change of clocks they may show it twice. */
function firstOf(time: DateTime): number {
  return Math.min(...time.getPossibleOffsets().map((possible) => possible.toMillis()))
}
