import type { EChart } from './echarts.ts'

/** What is drawn, for those who ask where something is in it, or point at it. */
export interface ChartSurface {
  /** In CSS pixels, from the left or the top; NaN before it is drawn. */
  toPixel: (axis: 'x' | 'y', index: number) => number
  /** Of a category; NaN before it is drawn. */
  fromPixel: (axis: 'x' | 'y', pixel: number) => number
  dispatchAction: (action: Parameters<InstanceType<typeof EChart>['dispatchAction']>[0]) => void
}
