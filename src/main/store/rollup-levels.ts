const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Widths of the buckets that rollups are kept in, ascending; each divides the next. */
export const BUCKET_WIDTHS_MS = [5 * MINUTE_MS, HOUR_MS, DAY_MS] as const
export type BucketWidth = (typeof BUCKET_WIDTHS_MS)[number]

export const FINEST_MS = BUCKET_WIDTHS_MS[0]

/** The label set that stands for all of them. */
export const ALL_LABELS = 0

/**
 * The number that a kind of rollup has in the table: by width, apart for single label sets and for all together. They
 * lie apart because a question about all calls is the most frequent, and then reads one row a bucket.
 */
export function levelOf(width: BucketWidth, isOfAll: boolean): number {
  return BUCKET_WIDTHS_MS.indexOf(width) + (isOfAll ? BUCKET_WIDTHS_MS.length : 0)
}

export function bucketStart(time: number, width: number): number {
  return Math.floor(time / width) * width
}
