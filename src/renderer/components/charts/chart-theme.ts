/** The theme's colours as charts need them: a canvas knows no custom properties. */
export interface ChartTheme {
  text: string
  muted: string
  line: string
  surface: string
  p50: string
  p95: string
  p99: string
  ok: string
  error: string
  input: string
  output: string
  cached: string
  cost: string
  font: string
}

/** Reads the colours that are in force on the page now. */
export function readChartTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    text: token('--color-text'),
    muted: token('--color-text-muted'),
    line: token('--color-line'),
    surface: token('--color-raised'),
    p50: token('--color-p50'),
    p95: token('--color-p95'),
    p99: token('--color-p99'),
    ok: token('--color-bar-ok'),
    error: token('--color-bar-error'),
    input: token('--color-input'),
    output: token('--color-output'),
    cached: token('--color-cached'),
    cost: token('--color-cost'),
    font: token('--font-text'),
  }
}
