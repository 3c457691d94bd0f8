import type { EChartsOption } from 'echarts'
import { showInvisible } from '../../format/show-invisible.ts'
import type { ChartTheme } from './chart-theme.ts'
import type { TooltipRow } from './chart-tooltip.ts'
import { chartTooltip } from './chart-tooltip.ts'

/** One thing among others, by a figure of it. */
export interface RankedBar {
  name: string
  /** Null: it is not known, and there is no bar. */
  value: number | null
  text: string
  /** What else is known of it, for the tooltip. */
  facts: readonly TooltipRow[]
}

/** As many as can be told apart at a glance; the table has all. */
export const BARS_MAX = 8
const BAR_PX = 12
/** Of a name: most models and error types are read in full. */
const NAME_PX = 132

/** Lying bars, the first on top, each with its name and its figure. */
export function rankOptions(
  bars: readonly RankedBar[],
  { theme, color, description }: { theme: ChartTheme; color: string; description: string },
): EChartsOption {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    grid: { top: 4, right: 72, bottom: 8, left: NAME_PX + 24 },
    tooltip: {
      trigger: 'axis',
      className: 'chart-tooltip',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      axisPointer: { type: 'none' },
      confine: true,
      transitionDuration: 0,
      formatter: (shown) => {
        const index = (Array.isArray(shown) ? shown[0]?.dataIndex : shown.dataIndex) ?? 0
        const bar = bars[index]
        return bar ? chartTooltip(showInvisible(bar.name), bar.facts) : ''
      },
    },
    xAxis: { type: 'value', show: false, min: 0 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => showInvisible(name)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: theme.text,
        fontSize: 12,
        align: 'left',
        margin: NAME_PX + 8,
        width: NAME_PX,
        overflow: 'truncate',
        interval: 0,
      },
    },
    series: [
      {
        id: 'rank',
        type: 'bar',
        barWidth: BAR_PX,
        data: bars.map(({ value }) => value),
        itemStyle: { color, borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: theme.muted,
          fontSize: 12,
          formatter: ({ dataIndex }) => bars[dataIndex]?.text ?? '',
        },
      },
    ],
  }
}
