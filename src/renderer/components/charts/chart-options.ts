import type { EChartsOption } from 'echarts'
import type { Point } from '#shared/contract/monitoring.ts'
import type { Formatters } from '../../format/formatters.ts'
import { labelStepMs, startsStep } from './axis-labels.ts'
import type { ChartTheme } from './chart-theme.ts'
import type { TooltipRow } from './chart-tooltip.ts'
import { chartTooltip } from './chart-tooltip.ts'

/** What every chart over time needs, besides its series. */
export interface ChartContext {
  points: readonly Point[]
  bucketMs: number
  format: Formatters
  theme: ChartTheme
  /** What the chart shows, for those who cannot see it. */
  description: string
}

/** A line per percentile; buckets without calls are gaps. */
export function responseTimeOptions(
  context: ChartContext,
  names: { requests: string; errors: string },
): EChartsOption {
  const { points, theme, format } = context
  const lines = [
    { name: 'P99', color: theme.p99, type: 'dotted' as const, values: points.map((point) => point.p99Ms) },
    { name: 'P95', color: theme.p95, type: 'dashed' as const, values: points.map((point) => point.p95Ms) },
    { name: 'P50', color: theme.p50, type: 'solid' as const, values: points.map((point) => point.p50Ms) },
  ]
  return {
    ...timeChart(context, (index) => [
      ...lines.map((line) => ({
        name: line.name,
        value: format.duration(line.values[index] ?? null),
        color: line.color,
      })),
      // A percentile of three calls is another thing than one of three thousand.
      { name: names.requests, value: format.count(points[index]?.requests ?? 0) },
      { name: names.errors, value: format.count(points[index]?.errors ?? 0) },
    ]),
    yAxis: valueAxis(theme, (value) => format.durationTick(value)),
    series: [
      ...lines.map((line) => ({
        id: line.name,
        name: line.name,
        type: 'line' as const,
        data: line.values,
        // Lines differ in more than colour.
        lineStyle: { width: 1.75, type: line.type },
        itemStyle: { color: line.color },
        showSymbol: false,
        symbolSize: 5,
        sampling: 'lttb' as const,
        connectNulls: false,
      })),
      // A value between two gaps has no line to be seen by: it is a dot.
      ...lines.map((line) => ({
        id: `${line.name}-dots`,
        name: line.name,
        type: 'line' as const,
        data: lonely(line.values),
        itemStyle: { color: line.color },
        showAllSymbol: true,
        symbol: 'circle',
        symbolSize: 5,
        silent: true,
      })),
    ],
  }
}

/** Succeeded and failed requests, stacked. */
export function requestOptions(context: ChartContext, names: { ok: string; error: string }): EChartsOption {
  const { points, theme, format } = context
  const bars = [
    { name: names.ok, color: theme.ok, values: points.map((point) => point.success) },
    { name: names.error, color: theme.error, values: points.map((point) => point.errors) },
  ]
  return {
    ...timeChart(context, (index) =>
      bars.map((bar) => ({ name: bar.name, value: format.count(bar.values[index] ?? 0), color: bar.color })),
    ),
    yAxis: valueAxis(theme, (value) => format.compact(value), 1),
    series: bars.map((bar) => ({
      name: bar.name,
      type: 'bar',
      stack: 'requests',
      data: bar.values,
      itemStyle: { color: bar.color },
      barCategoryGap: '20%',
      // One bar in an empty range must not be as wide as the chart.
      barMaxWidth: 24,
    })),
  }
}

function timeChart(
  { points, bucketMs, format, theme, description }: ChartContext,
  rowsAt: (index: number) => TooltipRow[],
): EChartsOption {
  const times = points.map((point) => point.t)
  const stepMs = labelStepMs(points.length * bucketMs)
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    grid: { top: 12, right: 20, bottom: 24, left: 60 },
    tooltip: {
      trigger: 'axis',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: theme.muted } },
      confine: true,
      formatter: (shown) => {
        const index = (Array.isArray(shown) ? shown[0]?.dataIndex : shown.dataIndex) ?? 0
        const start = times[index] ?? 0
        return chartTooltip(format.span(start, start + bucketMs), rowsAt(index))
      },
    },
    xAxis: {
      type: 'category',
      data: times,
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: {
        color: theme.muted,
        fontSize: 11,
        hideOverlap: true,
        interval: (_index, value) => startsStep(Number(value), bucketMs, stepMs),
        formatter: (value: string) => format.axisTime(Number(value), stepMs),
      },
    },
  }
}

function valueAxis(
  theme: ChartTheme,
  format: (value: number) => string,
  minInterval?: number,
): EChartsOption['yAxis'] {
  return {
    type: 'value',
    min: 0,
    splitNumber: 4,
    ...(minInterval === undefined ? {} : { minInterval }),
    splitLine: { lineStyle: { color: theme.line } },
    axisLabel: { color: theme.muted, fontSize: 11, formatter: format },
  }
}

/** The values that have a gap on both sides, at their places; gaps everywhere else. */
function lonely(values: readonly (number | null)[]): (number | null)[] {
  const isGap = (index: number) => (values[index] ?? null) === null
  return values.map((value, index) => (isGap(index - 1) && isGap(index + 1) ? value : null))
}
