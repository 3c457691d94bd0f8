import type { RouteLocationRaw } from 'vue-router'

/** What a chart shows of one time, or of one thing, in words. */
export interface ChartRow {
  key: string | number
  head: string
  texts: readonly string[]
  /** What is behind it. */
  to?: RouteLocationRaw | undefined
}
