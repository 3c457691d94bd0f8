import type { FeedbackAnalysis } from '#shared/contract/feedback-review.ts'
import type { ChartTheme } from '../../components/charts/chart-theme.ts'
import type { TimeSeries } from '../../components/charts/time-series.ts'
import type { Formatters } from '../../format/formatters.ts'

/** How much feedback was content, divided and unhappy over time; with it, the mean and what was resolved. */
export function trendSeries(
  analysis: FeedbackAnalysis | undefined,
  { format, theme }: { format: Formatters; theme: ChartTheme },
  names: { good: string; middling: string; bad: string; average: string; resolved: string },
): TimeSeries {
  const trend = analysis?.trend ?? []
  const column = (
    field: string,
    name: string,
    value: (point: (typeof trend)[number]) => number | null,
    color?: string,
  ) => ({
    field,
    name,
    values: trend.map(value),
    text: field === 'average' ? format.decimal : format.count,
    ...(color === undefined ? {} : { color }),
  })
  return {
    times: trend.map(({ t }) => t),
    bucketMs: analysis?.bucketMs ?? 0,
    columns: [
      column('good', names.good, ({ distribution: d }) => d[4] + d[5], theme.ok),
      column('middling', names.middling, ({ distribution: d }) => d[3], theme.p95),
      column('bad', names.bad, ({ distribution: d }) => d[1] + d[2], theme.error),
      column('average', names.average, ({ average }) => average),
      column('resolved', names.resolved, ({ resolved }) => resolved),
    ],
  }
}
