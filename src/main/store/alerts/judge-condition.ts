import type { Condition, Metric } from '#shared/contract/alerts/rules.ts'
import type { MeasuredRule } from './rule-readings.ts'

/** What a metric is, of one instance. */
export interface Measurement {
  /** Null: nothing tells. */
  value: number | null
  /** Calls, or ratings, that it is made of. */
  samples: number
}

/** What is known of an instance when a condition is judged. */
export interface Evidence {
  /** Absent: nothing came. */
  now: Measurement | undefined
  /** Of the window that is compared with. */
  base: Measurement | undefined
  /** Whether the collector took calls over the whole window: what is missing is missing then. */
  isCovered: boolean
}

export interface Judgement {
  /** Null: it cannot be told. */
  isMet: boolean | null
  value: number | null
  hasData: boolean
}

/** Metrics that add up: where nothing came they are 0, and over a part of a window they are too small. */
const ADDITIVE: ReadonlySet<Metric> = new Set([
  'requests',
  'errors',
  'totalTokens',
  'cost',
  'unpricedRequests',
])

/**
 * Whether a condition is met. It is never said to be on the strength of calls that may have come while nobody was there to
 * take them: such a window neither breaches nor mends.
 */
export function judgeCondition(
  condition: Condition,
  { minSamples, noData }: Pick<MeasuredRule, 'minSamples' | 'noData'>,
  { now, base, isCovered }: Evidence,
): Judgement {
  const { metric, comparison, compareTo } = condition
  const nothing = { value: ADDITIVE.has(metric) ? 0 : null, samples: 0 }
  const { samples, value: current } = now ?? nothing
  const value = compareTo === undefined ? current : changeInPercent((base ?? nothing).value, current)
  const otherwise = noData === 'keep' ? null : false
  if (samples === 0) {
    if (!isCovered) return { isMet: null, value, hasData: true }
    if (noData === 'alert') return { isMet: true, value, hasData: false }
    if (value === null) return { isMet: otherwise, value, hasData: false }
  } else if (samples < minSamples || value === null) {
    return { isMet: otherwise, value, hasData: current !== null }
  }
  // Of a part of a window nobody can say that it is too little.
  const isTooLittle = comparison === 'lt' || comparison === 'lte'
  if (isTooLittle && !isCovered && ADDITIVE.has(metric)) return { isMet: null, value, hasData: true }
  return { isMet: compare(value, condition), value, hasData: true }
}

function compare(value: number, { comparison, threshold }: Condition): boolean {
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

/** Null where there is nothing to compare with. */
function changeInPercent(before: number | null, now: number | null): number | null {
  return before === null || now === null || before === 0 ? null : ((now - before) / before) * 100
}
