import type { RouteLocationRaw } from 'vue-router'

/** What a chart shows of one time, in words. */
export interface ChartRow {
  /** Epoch ms. */
  from: number
  time: string
  texts: readonly string[]
  /** What is behind it. */
  to?: RouteLocationRaw | undefined
}
