import type { Point, Series } from '#shared/contract/monitoring.ts'
import { unitsOf } from '#shared/export/export-table.ts'
import type { Formatters } from '../../format/formatters.ts'
import type { ChartTheme } from './chart-theme.ts'
import type { SeriesColumn, TimeSeries } from './time-series.ts'

interface Looks {
  format: Formatters
  theme: ChartTheme
}

/** The fields that are numbers, of calls without a split. */
type Field = Exclude<keyof Point, 't' | 'satisfaction'>

/** P99, P95 and P50, and of how many requests: a percentile of three is another thing than one of three thousand. */
export function responseTimeSeries(
  series: Series | undefined,
  { format, theme }: Looks,
  names: { requests: string; errors: string },
): TimeSeries {
  return timeSeries(series, [
    { field: 'p99Ms', name: 'P99', text: format.duration, color: theme.p99, lineType: 'dotted' },
    { field: 'p95Ms', name: 'P95', text: format.duration, color: theme.p95, lineType: 'dashed' },
    { field: 'p50Ms', name: 'P50', text: format.duration, color: theme.p50, lineType: 'solid' },
    { field: 'requests', name: names.requests, text: format.count },
    { field: 'errors', name: names.errors, text: format.count },
  ])
}

/** Succeeded and failed requests. */
export function requestSeries(
  series: Series | undefined,
  { format, theme }: Looks,
  names: { success: string; errors: string },
): TimeSeries {
  return timeSeries(series, [
    { field: 'success', name: names.success, text: format.count, color: theme.ok },
    { field: 'errors', name: names.errors, text: format.count, color: theme.error },
  ])
}

/** Tokens that went in, anew or read from a cache, and came out. */
export function tokenSeries(
  series: Series | undefined,
  { format, theme }: Looks,
  names: { input: string; cached: string; output: string },
): TimeSeries {
  return timeSeries(series, [
    {
      field: 'uncachedInputTokens',
      name: names.input,
      text: format.count,
      color: theme.input,
      valueAt: ({ inputTokens, cachedInputTokens }) => uncachedOf(inputTokens, cachedInputTokens),
    },
    { field: 'cachedInputTokens', name: names.cached, text: format.count, color: theme.cached },
    { field: 'outputTokens', name: names.output, text: format.count, color: theme.output },
  ])
}

/** Input tokens count those from a cache, too; whoever says otherwise has sent fewer than none. */
export function uncachedOf(inputTokens: number, cachedInputTokens: number): number {
  return Math.max(0, inputTokens - cachedInputTokens)
}

/** What the calls that have a price cost, and what may be spent in as long, in units of the base currency. */
export function costSeries(
  series: Series | undefined,
  { format, theme }: Looks,
  { name, currency, budget }: { name: string; currency: string; budget?: { name: string; units: number } },
): TimeSeries {
  const text = (units: number | null) =>
    format.cost(units === null ? null : Math.round(units * 1e9), currency)
  return timeSeries(series, [
    {
      field: 'cost',
      name,
      text,
      color: theme.cost,
      valueAt: (point) => unitsOf(point.costNanos),
    },
    ...(budget ? [{ field: 'budget', name: budget.name, text, valueAt: () => budget.units }] : []),
  ])
}

type Column = Omit<SeriesColumn, 'values' | 'field'> &
  ({ field: Field } | { field: string; valueAt: (point: Point) => number | null })

function timeSeries(series: Series | undefined, columns: readonly Column[]): TimeSeries {
  const points = series?.series[0]?.points ?? []
  return {
    times: points.map(({ t }) => t),
    bucketMs: series?.bucketMs ?? 0,
    columns: columns.map((column) => ({
      ...column,
      values: points.map((point) => ('valueAt' in column ? column.valueAt(point) : point[column.field])),
    })),
  }
}
