const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 20, 50, 100, 200].map((days) => days * DAY_MS),
]

const YEAR_MS = 365 * DAY_MS
/** As many as fit beside each other in the narrowest chart. */
const MAX_LABELS = 8

/** @returns the distance between the labels of an axis of this length: the smallest round one that leaves room. */
export function labelStepMs(rangeMs: number): number {
  return STEPS_MS.find((stepMs) => rangeMs / stepMs <= MAX_LABELS) ?? YEAR_MS
}

/**
 * Whether a bucket is the first that lies in its step, by the clock on the wall. So labels stand at full hours and at
 * midnight even where the time zone is half an hour off UTC and buckets are not.
 *
 * @param t start of the bucket, epoch ms.
 */
export function startsStep(t: number, bucketMs: number, stepMs: number): boolean {
  return Math.floor(wallClockMs(t) / stepMs) !== Math.floor(wallClockMs(t - bucketMs) / stepMs)
}

function wallClockMs(t: number): number {
  return t - new Date(t).getTimezoneOffset() * MINUTE_MS
}
