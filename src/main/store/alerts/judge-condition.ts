import type { Condition, Metric } from '#shared/contract/alerts/rules.ts'
import type { GroupTotals, Needs } from './group-totals.ts'
import type { MeasuredRule } from './rule-readings.ts'

/** What is known of an instance when a condition is judged. */
export interface Evidence {
  /** Absent: no calls. */
  totals: GroupTotals | undefined
  /** Of the window that is compared with. */
  base: GroupTotals | undefined
  budgetPercent: number | undefined
  /** Whether the collector took calls over the whole window: what is missing is missing then. */
  isCovered: boolean
}

export interface Judgement {
  /** Null: it cannot be told. */
  isMet: boolean | null
  value: number | null
  hasData: boolean
}

/** Whether a metric is measured by calls. */
export function isOfCalls({ metric }: Condition): boolean {
  return metric !== 'budgetUsedPercent' && !metric.startsWith('feedback')
}

/** Which distributions a condition needs. */
export function needsOf({ metric }: Condition): Needs {
  return { durations: /^durationP/.test(metric), ttfts: metric === 'ttftP95Ms' }
}

/** Metrics that add up: without calls they are 0, and over a part of a window they are too small. */
const ADDITIVE: ReadonlySet<Metric> = new Set([
  'requests',
  'errors',
  'totalTokens',
  'cost',
  'unpricedRequests',
])

/**
 * Whether a condition is met. It is never said to be on the strength of calls that may have come while nobody was there to take
 * them: such a window neither breaches nor mends.
 */
export function judgeCondition(
  condition: Condition,
  { minSamples, noData }: Pick<MeasuredRule, 'minSamples' | 'noData'>,
  evidence: Evidence,
): Judgement {
  const { metric, comparison, threshold, compareTo } = condition
  if (evidence.budgetPercent !== undefined) {
    return { isMet: compare(evidence.budgetPercent, condition), value: evidence.budgetPercent, hasData: true }
  }
  const { totals, base, isCovered } = evidence
  const samples = totals?.totals.requests ?? 0
  const now = metricValue(condition, totals)
  const value = compareTo === undefined ? now : changeInPercent(metricValue(condition, base), now)
  const unless = noData === 'keep' ? null : false
  if (samples === 0) {
    if (!isCovered) return { isMet: null, value, hasData: true }
    if (noData === 'alert') return { isMet: true, value, hasData: false }
    if (value === null) return { isMet: unless, value, hasData: false }
  } else if (samples < minSamples || value === null) return { isMet: unless, value, hasData: now !== null }
  // Of a part of a window nobody can say that it is too little.
  const isTooLittle = comparison === 'lt' || comparison === 'lte'
  if (isTooLittle && !isCovered && ADDITIVE.has(metric)) return { isMet: null, value, hasData: true }
  return { isMet: compare(value, { comparison, threshold }), value, hasData: true }
}

function compare(
  value: number,
  { comparison, threshold }: Pick<Condition, 'comparison' | 'threshold'>,
): boolean {
  switch (comparison) {
    case 'gt':
      return value > threshold
    case 'gte':
      return value >= threshold
    case 'lt':
      return value < threshold
    case 'lte':
      return value <= threshold
  }
}

function changeInPercent(before: number | null, now: number | null): number | null {
  return before === null || now === null || before === 0 ? null : ((now - before) / before) * 100
}

const NANOS = 1e9

/** @returns null without calls that tell; sums are 0 then. */
function metricValue({ metric, errorType }: Condition, group: GroupTotals | undefined): number | null {
  const totals = group?.totals
  switch (metric) {
    case 'failureRate':
      return totals ? ratio(totals.errors, totals.requests) : null
    case 'durationAvgMs':
      return toMs(totals && ratio(totals.durationUs, totals.finished))
    case 'durationP50Ms':
      return toMs(totals?.durations.percentileUs(0.5))
    case 'durationP95Ms':
      return toMs(totals?.durations.percentileUs(0.95))
    case 'durationP99Ms':
      return toMs(totals?.durations.percentileUs(0.99))
    case 'ttftP95Ms':
      return toMs(totals?.ttfts.percentileUs(0.95))
    case 'requests':
      return totals?.requests ?? 0
    case 'errors':
      return (errorType === undefined ? totals?.errors : group?.errorsOfType) ?? 0
    case 'totalTokens':
      return totals?.totalTokens ?? 0
    case 'cost':
      return (totals?.costNanos ?? 0) / NANOS
    case 'costPerUser':
      return group ? ratio(group.userCostNanos / NANOS, group.users.size) : null
    case 'unpricedRequests':
      return totals?.unpriced ?? 0
    case 'budgetUsedPercent':
    case 'feedbackAverage':
    case 'feedbackNegativeRate':
      throw new Error(`${metric} is not measured by calls`)
  }
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

function toMs(durationUs: number | null | undefined): number | null {
  return durationUs === null || durationUs === undefined ? null : durationUs / 1_000
}
