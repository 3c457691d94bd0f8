import { DateTime } from 'luxon'
import type { BudgetPeriod } from '#shared/contract/budgets.ts'
import { firstMomentOf } from '#shared/first-moment.ts'

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
  return { from: firstMomentOf(start), to: firstMomentOf(start.plus({ [period]: 1 }).startOf(period)) }
}
