import type { BudgetPeriod } from '#shared/contract/budgets.ts'
import type { Period } from './period.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Windows begin and end with the finest buckets of the rollups, so that no call has to be looked at. */
const STEP_MS = 5 * MINUTE_MS

/** Where the present rate is read from, epoch ms. */
export interface RateWindow extends Period {
  /** How far back to look for the first call, so that what began lately is not averaged over time before it. */
  lookBackFrom: number
}

/**
 * The last day for the budget of a day, else the last seven: whole days and whole weeks, as spending is higher by day
 * than by night, and on working days. It ends with the running five minutes.
 */
export function rateWindowAt(period: BudgetPeriod, now: number): RateWindow {
  const length = period === 'day' ? DAY_MS : 7 * DAY_MS
  const to = (Math.floor(now / STEP_MS) + 1) * STEP_MS
  return { from: to - length, to, lookBackFrom: to - 2 * length }
}

/**
 * What will have been spent when the period ends, if it goes on as in the window:
 *
 *     forecast = spent + (spent in the window ÷ observed) × (end of the period − now)
 *
 * `observed` is the length of the window, or the time since the first call if that is shorter, but at least a day. So the
 * first minutes of a month, or of a new app, are not taken for what it will be like; what was spent at once long ago is
 * counted once; and what has stopped is no longer forecast.
 *
 * @param spentNanos in the period so far, 1e-9 of the base currency.
 * @param windowNanos in the window.
 * @param firstStart when the first call since `lookBackFrom` started, epoch ms; null without any.
 */
export function forecastNanos(
  { now, period, window }: { now: number; period: Period; window: RateWindow },
  {
    spentNanos,
    windowNanos,
    firstStart,
  }: { spentNanos: number; windowNanos: number; firstStart: number | null },
): number {
  const observed = Math.min(
    window.to - window.from,
    Math.max(window.to - (firstStart ?? window.from), DAY_MS),
  )
  return Math.round(spentNanos + (windowNanos / observed) * Math.max(0, period.to - now))
}
