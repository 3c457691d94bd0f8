import type { EChartsOption } from 'echarts'
import type { Formatters } from '../../format/formatters.ts'
import { labelStepMs } from './axis-labels.ts'
import type { ChartTheme } from './chart-theme.ts'
import { chartTooltip } from './chart-tooltip.ts'
import { evenEnd, SPLITS } from './even-end.ts'
import { limitLine } from './limit-line.ts'

/** Below it minutes repeat on the axis: seconds tell them apart. */
const SHORT_MS = 8 * 60_000

/** One line: a value at each time, null where there is none. */
export interface MetricLine {
  name: string
  points: readonly { t: number; value: number | null }[]
}

/** A stretch of time in which an alert fired; an open one goes on to the chart's end. */
export interface Firing {
  from: number
  to: number | null
}

/** What a line looks like by its place; lines differ in more than colour. */
export function metricLook(
  theme: ChartTheme,
  index: number,
): { color: string; lineType: 'solid' | 'dashed' | 'dotted' } {
  const colors = [theme.p50, theme.p95, theme.p99, theme.ok, theme.muted]
  const lineTypes = ['solid', 'dashed', 'dotted'] as const
  return {
    color: colors[index % colors.length] ?? theme.muted,
    lineType: lineTypes[index % lineTypes.length] ?? 'solid',
  }
}

/** The course of a metric, its threshold as a line and the times at which an alert fired as bands. */
export function metricOptions(context: {
  lines: readonly MetricLine[]
  threshold: number | null
  firings: readonly Firing[]
  /** Of values, with their unit. */
  formatValue: (value: number | null) => string
  format: Formatters
  theme: ChartTheme
  description: string
  thresholdName: string
}): EChartsOption {
  const { lines, threshold, firings, formatValue, format, theme, description, thresholdName } = context
  const times = lines.flatMap(({ points }) => points.map(({ t }) => t))
  const from = Math.min(...times)
  const to = Math.max(...times)
  // The threshold is always in sight.
  const topOf = (max: number) => Math.max(max, (threshold ?? 0) * 1.15)
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    grid: { top: 16, right: 20, bottom: 24, left: 64 },
    tooltip: {
      trigger: 'axis',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      axisPointer: { lineStyle: { color: theme.muted } },
      confine: true,
      formatter: (shown) => {
        const all = Array.isArray(shown) ? shown : [shown]
        const rows = all.map(({ seriesIndex, value }) => ({
          name: lines[seriesIndex ?? 0]?.name ?? '',
          value: formatValue(Array.isArray(value) && typeof value[1] === 'number' ? value[1] : null),
          color: metricLook(theme, seriesIndex ?? 0).color,
        }))
        const time = all[0] && Array.isArray(all[0].value) ? Number(all[0].value[0]) : from
        return chartTooltip(format.dateTime(time), rows)
      },
    },
    xAxis: {
      type: 'time',
      min: from,
      max: to,
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: {
        color: theme.muted,
        fontSize: 11,
        hideOverlap: true,
        formatter: (value: number) =>
          to - from < SHORT_MS ? format.time(value, value) : format.axisTime(value, labelStepMs(to - from)),
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: SPLITS,
      max: ({ min, max }) => evenEnd(topOf(max), topOf(max) - Math.min(0, min)),
      min: ({ min, max }) => -evenEnd(-min, topOf(max) - Math.min(0, min)),
      splitLine: { lineStyle: { color: theme.line } },
      axisLabel: { color: theme.muted, fontSize: 11, formatter: (value: number) => formatValue(value) },
    },
    series: lines.map((line, index) => ({
      name: line.name,
      type: 'line',
      data: line.points.map(({ t, value }, at) => ({
        value: [t, value],
        symbol: isLonely(line.points, at) ? 'circle' : 'none',
      })),
      lineStyle: { width: 1.75, type: metricLook(theme, index).lineType },
      itemStyle: { color: metricLook(theme, index).color },
      showAllSymbol: true,
      symbolSize: 5,
      connectNulls: false,
      ...(index === 0 ? marksOf({ threshold, firings, to, theme, thresholdName, formatValue }) : {}),
    })),
  }
}

/** A value between two gaps has no line to be seen by: it is a dot. */
function isLonely(points: MetricLine['points'], at: number): boolean {
  return (points[at - 1]?.value ?? null) === null && (points[at + 1]?.value ?? null) === null
}

function marksOf(context: {
  threshold: number | null
  firings: readonly Firing[]
  to: number
  theme: ChartTheme
  thresholdName: string
  formatValue: (value: number | null) => string
}) {
  const { threshold, firings, to, theme, thresholdName, formatValue } = context
  return {
    markArea: {
      silent: true,
      itemStyle: { color: theme.error, opacity: 0.16 },
      data: firings.map((firing): [{ xAxis: number }, { xAxis: number }] => [
        { xAxis: firing.from },
        { xAxis: firing.to ?? to },
      ]),
    },
    ...(threshold === null
      ? {}
      : {
          markLine: limitLine(
            { value: threshold, text: `${thresholdName} ${formatValue(threshold)}` },
            theme,
          ),
        }),
  }
}
