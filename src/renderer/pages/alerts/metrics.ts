import type { Metric } from '#shared/contract/alerts/rules.ts'
import type { Formatters } from '../../format/formatters.ts'

/** How the values of a metric are written and entered. */
export type MetricUnit = 'share' | 'milliseconds' | 'count' | 'money' | 'percent' | 'rating'

/** Each metric's name on screen and its unit, in the order in which they are offered. */
export const METRIC_FACTS: Readonly<Record<Metric, { label: string; unit: MetricUnit }>> = {
  failureRate: { label: 'alerts.metric.failureRate', unit: 'share' },
  errors: { label: 'alerts.metric.errors', unit: 'count' },
  requests: { label: 'alerts.metric.requests', unit: 'count' },
  durationAvgMs: { label: 'alerts.metric.durationAvg', unit: 'milliseconds' },
  durationP50Ms: { label: 'alerts.metric.durationP50', unit: 'milliseconds' },
  durationP95Ms: { label: 'alerts.metric.durationP95', unit: 'milliseconds' },
  durationP99Ms: { label: 'alerts.metric.durationP99', unit: 'milliseconds' },
  ttftP95Ms: { label: 'alerts.metric.ttftP95', unit: 'milliseconds' },
  totalTokens: { label: 'alerts.metric.totalTokens', unit: 'count' },
  cost: { label: 'alerts.metric.cost', unit: 'money' },
  costPerUser: { label: 'alerts.metric.costPerUser', unit: 'money' },
  budgetUsedPercent: { label: 'alerts.metric.budgetUsed', unit: 'percent' },
  unpricedRequests: { label: 'alerts.metric.unpriced', unit: 'count' },
  feedbackAverage: { label: 'alerts.metric.feedbackAverage', unit: 'rating' },
  feedbackNegativeRate: { label: 'alerts.metric.feedbackNegative', unit: 'share' },
}

export function isMetric(name: string): name is Metric {
  return Object.hasOwn(METRIC_FACTS, name)
}

const NANOS = 1e9

/** A metric's value with its unit. Of a change against an earlier window the value is in percent. */
export function formatMetric(
  value: number | null,
  metric: string,
  format: Formatters,
  options: { isChange?: boolean; currency?: string } = {},
): string {
  const unit = options.isChange ? 'percent' : isMetric(metric) ? METRIC_FACTS[metric].unit : 'count'
  switch (unit) {
    case 'share':
      return format.percent(value)
    case 'percent':
      return format.percent(value === null ? null : value / 100)
    case 'milliseconds':
      return format.plainDuration(value)
    case 'money':
      return format.cost(value === null ? null : value * NANOS, options.currency ?? 'USD')
    case 'rating':
      return format.decimal(value)
    case 'count':
      return format.count(value)
  }
}

/** How many of the unit that is entered make one of the contract's: shares are entered in percent. */
export function entryFactor(metric: Metric, isChange: boolean): number {
  return !isChange && METRIC_FACTS[metric].unit === 'share' ? 100 : 1
}
