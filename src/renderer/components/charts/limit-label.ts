import type { ChartTheme } from './chart-theme.ts'

/** The looks of what is written on a limit: it lies over bars and lines, so it has a ground of its own. */
export function limitLabel(theme: ChartTheme) {
  return {
    color: theme.text,
    fontSize: 11,
    position: 'insideStartTop' as const,
    backgroundColor: theme.surface,
    borderRadius: 3,
    padding: [1, 4],
  }
}
