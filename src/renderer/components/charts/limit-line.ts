import type { ChartTheme } from './chart-theme.ts'

/** A value that others are not to pass, as a line over bars and lines; what is written on it has a ground of its own. */
export function limitLine(
  { value, text }: { value: number; text: string },
  theme: Pick<ChartTheme, 'error' | 'text' | 'surface'>,
) {
  return {
    silent: true,
    symbol: 'none' as const,
    // As it is: by nature it is rounded to two decimals, which a share of 0.001 or a cent's tenth has not.
    precision: -1,
    lineStyle: { color: theme.error, type: 'dashed' as const, width: 1.25 },
    label: {
      formatter: text,
      color: theme.text,
      fontSize: 11,
      position: 'insideStartTop' as const,
      backgroundColor: theme.surface,
      borderRadius: 3,
      padding: [1, 4],
    },
    data: [{ yAxis: value }],
  }
}
