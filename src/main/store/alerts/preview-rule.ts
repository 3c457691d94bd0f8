import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { DAY_MS } from '../rollup-levels.ts'
import type { ArrivalFollower } from './arrival-follower.ts'
import { largestInstances, measureRules, reachOf } from './measure-rules.ts'
import type { MeasuredRule, MeasureRequest, Reading } from './rule-readings.ts'

export interface PreviewRequest {
  rule: MeasuredRule
  /** When it is measured, epoch ms, whole minutes; not longer than a day before the end. */
  times: readonly number[]
  /** Which instances are shown is decided by the day before, epoch ms. */
  end: number
  /** How much of each budget is used now, in percent, by its id. */
  budgets: MeasureRequest['budgets']
}

export interface PreviewPoint {
  t: number
  /** Of the instances with the most calls. */
  readings: Reading[]
}

const MINUTE_MS = 60_000

/**
 * What a rule would have said at times of the last day. It is taken for granted that calls were taken all that time.
 *
 * @throws Error why it cannot be told.
 */
export function previewRule(
  database: OpenDatabase,
  follower: ArrivalFollower,
  { rule, times, end, budgets }: PreviewRequest,
): PreviewPoint[] {
  const reach = reachOf([rule])
  const further = (ms: number) => (ms === 0 ? 0 : ms + DAY_MS)
  const cells = follower.follow(end, {
    labelsMs: further(reach.labelsMs),
    usersMs: further(reach.usersMs),
  })
  const tracked = largestInstances(cells, rule, end, LIMITS.seriesPerChart)
  const shown = new Set(tracked.map((labels) => JSON.stringify(labels)))
  return times.map((t) => {
    const [result] = measureRules(database, cells, {
      at: t,
      slotMs: MINUTE_MS,
      upSince: -Infinity,
      rules: [{ ...rule, id: '', tracked }],
      budgets,
    })
    if (result?.ok !== true) throw new Error(result?.error)
    return { t, readings: result.readings.filter(({ labels }) => shown.has(JSON.stringify(labels))) }
  })
}
