import type { ExportTable } from '#shared/export/export-table.ts'
import { isoTime } from '#shared/export/export-table.ts'
import type { TimeSpan } from '../../composables/time-range.ts'

/** Finished series over time: what a chart draws, what its tooltip says and its export holds. */
export interface TimeSeries {
  /** Starts of the buckets, epoch ms. */
  times: readonly number[]
  bucketMs: number
  columns: readonly SeriesColumn[]
}

export interface SeriesColumn {
  /** Its name in an export, with the unit. */
  field: string
  /** Its name on screen. */
  name: string
  /** One a bucket; null where there is none. */
  values: readonly (number | null)[]
  text: (value: number | null) => string
  /** Of what the chart draws of it; without one it only explains the others. */
  color?: string
  /** Lines that mean different things differ in more than colour. */
  lineType?: 'solid' | 'dashed' | 'dotted'
}

/** The times of the buckets. One ends where the next begins: a day on which clocks change is no 24 hours long. */
export function bucketSpans({ times, bucketMs }: TimeSeries): TimeSpan[] {
  return times.map((from, index) => ({ from, to: times[index + 1] ?? from + bucketMs }))
}

/** How high each bucket is drawn: lines are beside each other, bars on top of each other. */
export function bucketHeights({ times, columns }: TimeSeries): number[] {
  const drawn = columns.filter(({ color }) => color !== undefined)
  return times.map((_, index) => {
    const values = drawn.map(({ values }) => values[index] ?? 0)
    return drawn.some(({ lineType }) => lineType)
      ? Math.max(...values)
      : values.reduce((sum, value) => sum + value, 0)
  })
}

/** Lays out the buckets as rows, each over `[from, to)`. */
export function timeSeriesTable(series: TimeSeries): ExportTable {
  const { columns } = series
  return {
    fields: ['from', 'to', ...columns.map(({ field }) => field)],
    rows: bucketSpans(series).map(({ from, to }, index) => [
      isoTime(from),
      isoTime(to),
      ...columns.map(({ values }) => values[index] ?? null),
    ]),
  }
}
