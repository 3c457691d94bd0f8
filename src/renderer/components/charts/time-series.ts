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
