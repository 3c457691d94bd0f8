import type { EChartsOption } from 'echarts'
import type { Point } from '#shared/contract/monitoring.ts'
import type { Formatters } from '../../format/formatters.ts'
import type { ChartTheme } from './chart-theme.ts'

/** What every chart over time needs, besides its series. */
export interface ChartContext {
  points: readonly Point[]
  bucketMs: number
  format: Formatters
  theme: ChartTheme
  /** What the chart shows, for those who cannot see it. */
  description: string
}

const LABEL_DAYS_FROM_MS = 2 * 86_400_000

interface TooltipRow {
  name: string
  value: string
  color: string
}

/** A line per percentile; buckets without calls are gaps. */
export function responseTimeOptions(context: ChartContext): EChartsOption {
  const { points, theme, format } = context
  const lines = [
    { name: 'P99', color: theme.p99, type: 'dotted' as const, values: points.map((point) => point.p99Ms) },
    { name: 'P95', color: theme.p95, type: 'dashed' as const, values: points.map((point) => point.p95Ms) },
    { name: 'P50', color: theme.p50, type: 'solid' as const, values: points.map((point) => point.p50Ms) },
  ]
  return {
    ...timeChart(context, (index) =>
      lines.map((line) => ({
        name: line.name,
        value: format.duration(line.values[index] ?? null),
        color: line.color,
      })),
    ),
    yAxis: valueAxis(theme, (value) => format.durationTick(value)),
    series: lines.map((line) => ({
      name: line.name,
      type: 'line',
      data: line.values,
      // Lines differ in more than colour.
      lineStyle: { width: 1.75, type: line.type },
      itemStyle: { color: line.color },
      showSymbol: hasLonelyPoint(line.values),
      symbolSize: 5,
      sampling: 'lttb',
      connectNulls: false,
    })),
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
  const rangeMs = points.length * bucketMs
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    grid: { top: 12, right: 16, bottom: 24, left: 60 },
    tooltip: {
      trigger: 'axis',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: theme.muted } },
      confine: true,
      // An element, not markup: nothing can be injected into it.
      formatter: (shown) => {
        const index = Array.isArray(shown) ? shown[0]?.dataIndex : shown.dataIndex
        return tooltip(index === undefined ? '' : format.dateTime(times[index] ?? 0), rowsAt(index ?? 0))
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
        // Over several days a label a day, at its beginning; within one day as many as fit.
        interval:
          rangeMs > LABEL_DAYS_FROM_MS ? (_index, value) => new Date(Number(value)).getHours() === 0 : 'auto',
        formatter: (value: string) => format.axisTime(Number(value), rangeMs),
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

function tooltip(title: string, rows: TooltipRow[]): HTMLElement {
  const box = document.createElement('div')
  box.append(title)
  for (const row of rows) {
    const line = document.createElement('div')
    line.style.display = 'flex'
    line.style.alignItems = 'center'
    line.style.gap = '8px'
    const mark = document.createElement('span')
    mark.style.width = '8px'
    mark.style.height = '8px'
    mark.style.borderRadius = '2px'
    mark.style.background = row.color
    const value = document.createElement('strong')
    value.style.marginLeft = 'auto'
    value.append(row.value)
    line.append(mark, row.name, value)
    box.append(line)
  }
  return box
}

/** A value between two gaps has no line to be seen by. */
function hasLonelyPoint(values: readonly (number | null)[]): boolean {
  return values.some(
    (value, index) =>
      value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null,
  )
}
