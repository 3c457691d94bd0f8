import { LABELS } from './label-sets.ts'

const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Widths of the buckets that rollups are kept in, ascending; each divides the next. */
export const BUCKET_WIDTHS_MS = [5 * MINUTE_MS, HOUR_MS, DAY_MS] as const
export type BucketWidth = (typeof BUCKET_WIDTHS_MS)[number]

export const FINEST_MS = BUCKET_WIDTHS_MS[0]

/** What a bucket is of: calls of one label set, calls that share the value of one label, or all calls. */
export const GRAINS = ['labelSet', 'all', ...LABELS] as const
export type Grain = (typeof GRAINS)[number]

/** The label set under which all calls are counted together. */
export const ALL_LABELS = 0

/** The number that a kind of bucket has in the tables: those that are read together lie together. */
export function levelOf(width: BucketWidth, grain: Grain): number {
  return BUCKET_WIDTHS_MS.indexOf(width) + GRAINS.indexOf(grain) * BUCKET_WIDTHS_MS.length
}

export function bucketStart(time: number, width: number): number {
  return Math.floor(time / width) * width
}
