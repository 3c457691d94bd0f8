import type { Condition } from '#shared/contract/alerts/rules.ts'
import type { GroupTotals, Needs } from './group-totals.ts'

/** Which distributions a metric needs. */
export function needsOf({ metric }: Pick<Condition, 'metric'>): Needs {
  return { durations: /^durationP/.test(metric), ttfts: metric === 'ttftP95Ms' }
}

const NANOS = 1e9

/**
 * A metric of some calls, in its unit.
 *
 * @returns null if none of them tells.
 */
export function callMetric({ metric }: Pick<Condition, 'metric'>, group: GroupTotals): number | null {
  const { totals } = group
  switch (metric) {
    case 'failureRate':
      return ratio(totals.errors, totals.requests)
    case 'durationAvgMs':
      return toMs(ratio(totals.durationUs, totals.finished))
    case 'durationP50Ms':
      return toMs(totals.durations.percentileUs(0.5))
    case 'durationP95Ms':
      return toMs(totals.durations.percentileUs(0.95))
    case 'durationP99Ms':
      return toMs(totals.durations.percentileUs(0.99))
    case 'ttftP95Ms':
      return toMs(totals.ttfts.percentileUs(0.95))
    case 'requests':
      return totals.requests
    case 'errors':
      return group.errorsOfType
    case 'totalTokens':
      return totals.totalTokens
    case 'cost':
      return totals.costNanos / NANOS
    case 'costPerUser':
      return ratio(group.userCostNanos / NANOS, group.users.size)
    case 'unpricedRequests':
      return totals.unpriced
    case 'budgetUsedPercent':
    case 'feedbackAverage':
    case 'feedbackNegativeRate':
      throw new Error(`${metric} is not a metric of calls`)
  }
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

function toMs(durationUs: number | null): number | null {
  return durationUs === null ? null : durationUs / 1_000
}
