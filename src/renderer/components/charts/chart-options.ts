import type { EChartsOption } from 'echarts'
import type { Formatters } from '../../format/formatters.ts'
import { labelStepMs, startsStep } from './axis-labels.ts'
import { decalOf } from './chart-patterns.ts'
import type { ChartTheme } from './chart-theme.ts'
import { chartTooltip } from './chart-tooltip.ts'
import { evenEnd, SPLITS } from './even-end.ts'
import { limitLine } from './limit-line.ts'
import type { TimeSeries } from './time-series.ts'
import { bucketSpans } from './time-series.ts'

/** What every chart over time needs, besides its series. */
export interface ChartContext {
  format: Formatters
  theme: ChartTheme
  /** What the chart shows, for those who cannot see it. */
  description: string
  /** A value on its axis. */
  axisText: (value: number) => string
  /** Between two values on its axis: 1 for what is counted. */
  minInterval?: number
  /** Whether parts of a bar differ in more than colour; lines always do. */
  hasPatterns: boolean
  /** A line across the chart that its values are seen against. */
  limit?: { value: number; text: string } | undefined
}

/** A line for each column that has a colour; where there is no value it has a gap. */
export function lineOptions(series: TimeSeries, context: ChartContext): EChartsOption {
  const lines = series.columns.filter(({ color }) => color !== undefined)
  return {
    ...timeChart(series, context),
    yAxis: valueAxis(context),
    series: [
      ...lines.map((line) => ({
        id: line.name,
        name: line.name,
        type: 'line' as const,
        data: [...line.values],
        lineStyle: { width: 1.75, type: line.lineType ?? 'solid' },
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

/** Amounts, stacked: a part of each bar for each column that has a colour. */
export function barOptions(series: TimeSeries, context: ChartContext): EChartsOption {
  const bars = series.columns.filter(({ color }) => color !== undefined)
  return {
    ...timeChart(series, context),
    yAxis: valueAxis(context),
    series: bars.map((bar, index) => ({
      id: bar.name,
      name: bar.name,
      type: 'bar',
      stack: 'all',
      data: [...bar.values],
      itemStyle: {
        color: bar.color,
        decal: context.hasPatterns ? decalOf(index, context.theme.surface) : undefined,
      },
      barCategoryGap: '20%',
      // One bar in an empty range must not be as wide as the chart.
      barMaxWidth: 24,
      ...(index === 0 && context.limit ? { markLine: limitLine(context.limit, context.theme) } : {}),
    })),
  }
}

function timeChart(series: TimeSeries, { format, theme, description }: ChartContext): EChartsOption {
  const { times, bucketMs, columns } = series
  const spans = bucketSpans(series)
  const stepMs = labelStepMs(times.length * bucketMs)
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    grid: { top: 12, right: 20, bottom: 24, left: 60 },
    tooltip: {
      trigger: 'axis',
      className: 'chart-tooltip',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: theme.muted } },
      confine: true,
      // It follows the pointer and does not glide after it.
      transitionDuration: 0,
      formatter: (shown) => {
        const index = (Array.isArray(shown) ? shown[0]?.dataIndex : shown.dataIndex) ?? 0
        const { from, to } = spans[index] ?? { from: 0, to: 0 }
        const rows = columns.map(({ name, values, text, color }) => ({
          name,
          value: text(values[index] ?? null),
          color,
        }))
        return chartTooltip(format.span(from, to), rows)
      },
    },
    xAxis: {
      type: 'category',
      data: [...times],
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

function valueAxis({ theme, axisText, minInterval, limit }: ChartContext): EChartsOption['yAxis'] {
  return {
    type: 'value',
    min: 0,
    // The limit is always in sight.
    ...(limit ? { max: ({ max }: { max: number }) => evenEnd(Math.max(max, limit.value * 1.15)) } : {}),
    splitNumber: SPLITS,
    ...(minInterval === undefined ? {} : { minInterval }),
    splitLine: { lineStyle: { color: theme.line } },
    axisLabel: { color: theme.muted, fontSize: 11, formatter: axisText },
  }
}

/** The values that have a gap on both sides, at their places; gaps everywhere else. */
function lonely(values: readonly (number | null)[]): (number | null)[] {
  const isGap = (index: number) => (values[index] ?? null) === null
  return values.map((value, index) => (isGap(index - 1) && isGap(index + 1) ? value : null))
}
