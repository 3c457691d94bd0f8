import { DateTime } from 'luxon'
import type { Bucket } from '#shared/contract/monitoring.ts'
import { ConsoleError } from '#shared/errors.ts'
import { firstMomentOf } from '#shared/first-moment.ts'
import { LIMITS } from '#shared/limits.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** What a series may choose: each divides a day, and from an hour on buckets begin at full hours of the time zone. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 7, 28, 91].map((days) => days * DAY_MS),
]
/** As many points as a chart can show. */
const CHOSEN_POINTS_MAX = 400

/** Buckets of time that cover a range. */
export interface Buckets {
  /** Their usual width: a day with a change of clocks has 23 or 25 hours. */
  bucketMs: number
  /** Where they begin, epoch ms, ascending; the first at the range's start or before it. */
  starts: number[]
}

/**
 * Cuts a range into buckets. Shorter ones than an hour begin at multiples of their width; hours and days begin where
 * they do in the time zone, so that a day is the user's day.
 *
 * @param range epoch ms, `[from, to)`
 * @param timeZone IANA name
 * @throws ConsoleError `range-too-long` if there would be more than `LIMITS.pointsPerAnswer`.
 */
export function cutIntoBuckets(
  range: { from: number; to: number },
  bucket: Bucket,
  timeZone: string,
): Buckets {
  const bucketMs = widthOf(range, bucket)
  const count = Math.ceil((range.to - range.from) / bucketMs)
  if (count > LIMITS.pointsPerAnswer) {
    throw new ConsoleError(
      'range-too-long',
      `The range has ${count} points, at most ${LIMITS.pointsPerAnswer} are given. Choose a shorter range or a wider bucket.`,
    )
  }
  return {
    bucketMs,
    starts: bucketMs < HOUR_MS ? fixedStarts(range, bucketMs) : localStarts(range, bucketMs, timeZone),
  }
}

function widthOf({ from, to }: { from: number; to: number }, bucket: Bucket): number {
  const fixed = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }
  if (bucket !== 'auto') return fixed[bucket]
  const least = (to - from) / CHOSEN_POINTS_MAX
  return WIDTHS_MS.find((width) => width >= least) ?? Math.ceil(least / DAY_MS) * DAY_MS
}

function fixedStarts({ from, to }: { from: number; to: number }, width: number): number[] {
  const first = Math.floor(from / width) * width
  return Array.from({ length: Math.ceil((to - first) / width) }, (_, index) => first + index * width)
}

/** Steps through local time: what is twice as long, or missing, on a day with a change of clocks, stays so. */
function localStarts({ from, to }: { from: number; to: number }, width: number, timeZone: string): number[] {
  const days = dayStarts({ from, to }, Math.max(width / DAY_MS, 1), timeZone)
  const starts =
    width < DAY_MS
      ? days.flatMap((day, index) => hourStarts(day, days[index + 1] ?? day, width, timeZone))
      : days
  const first = starts.findLastIndex((start) => start <= from)
  return starts.slice(Math.max(first, 0)).filter((start) => start < to)
}

/**
 * The first moments of days: of the one that a range begins in, and of every `step`th from there on to the first that
 * begins at its end or later.
 */
function dayStarts({ from, to }: { from: number; to: number }, step: number, timeZone: string): number[] {
  let day = DateTime.fromMillis(from, { zone: timeZone }).startOf('day')
  const starts = [firstMomentOf(day)]
  while (day.toMillis() < to) {
    day = day.plus({ days: step })
    // Where clocks leave midnight out a day begins later, but the next does not.
    if (day.hour > 0) day = day.startOf('day')
    starts.push(firstMomentOf(day))
  }
  return starts
}

/** Cuts a day into hours. Where clocks change by half an hour one is short, and the next is a full hour again. */
function hourStarts(day: number, nextDay: number, width: number, timeZone: string): number[] {
  const isOfFullHours = (nextDay - day) % HOUR_MS === 0
  const starts: number[] = []
  for (let t = day; t < nextDay; t += isOfFullHours ? width : width - pastFullHour(t, timeZone))
    starts.push(t)
  return starts
}

function pastFullHour(t: number, timeZone: string): number {
  return DateTime.fromMillis(t, { zone: timeZone }).minute * MINUTE_MS
}
