import type { EChartsOption } from 'echarts'
import { decalOf } from './chart-patterns.ts'
import type { ChartTheme } from './chart-theme.ts'
import { chartTooltip } from './chart-tooltip.ts'

/** A part of a whole. */
export interface DonutPart {
  name: string
  value: number
  text: string
  share: string
  color: string
}

/** Parts of a whole as a ring, with the figure that matters in its middle. */
export function donutOptions(
  parts: readonly DonutPart[],
  context: { theme: ChartTheme; description: string; middle: string; hasPatterns: boolean },
): EChartsOption {
  const { theme, description, middle, hasPatterns } = context
  const isEmpty = parts.every(({ value }) => value === 0)
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    aria: { enabled: true, label: { description } },
    tooltip: {
      className: 'chart-tooltip',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      confine: true,
      transitionDuration: 0,
      formatter: (shown) => {
        const part = parts[(Array.isArray(shown) ? shown[0] : shown)?.dataIndex ?? 0]
        return part
          ? chartTooltip(part.name, [{ name: part.share, value: part.text, color: part.color }])
          : ''
      },
    },
    series: [
      {
        id: 'parts',
        type: 'pie',
        radius: ['58%', '80%'],
        center: ['50%', '50%'],
        // The smaller part stays to be seen, however small; of none, there is nothing to see.
        minAngle: 3,
        startAngle: 90,
        // All of nothing is a plain ring.
        data: isEmpty
          ? [{ name: '', value: 1, itemStyle: { color: theme.line } }]
          : parts.map(({ name, value, color }, index) => ({
              name,
              value: value === 0 ? '-' : value,
              itemStyle: { color, decal: hasPatterns ? decalOf(index, theme.surface) : undefined },
            })),
        silent: isEmpty,
        itemStyle: { borderColor: theme.surface, borderWidth: 2 },
        label: {
          show: true,
          position: 'center',
          formatter: middle,
          color: theme.text,
          fontSize: 17,
          fontWeight: 600,
        },
        labelLine: { show: false },
        emphasis: { scale: false },
      },
    ],
  }
}
