import type { OpenDatabase } from '../database.ts'
import { readRows } from '../read-rows.ts'
import type { BucketWidth } from '../rollup-levels.ts'
import { BUCKET_WIDTHS_MS, bucketStart, DAY_MS } from '../rollup-levels.ts'
import type { RangePart } from './cover-range.ts'
import { coverRange } from './cover-range.ts'

interface TimeRange {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
}

/**
 * The days (UTC) of a range some of whose calls are gone because of their age. What was counted of them is only in the
 * rollups.
 */
export function frozenDays({ sqlite, kysely }: OpenDatabase, { from, to }: TimeRange): ReadonlySet<number> {
  // By the primary key.
  const days = kysely
    .selectFrom('frozen_day')
    .select('day_start as day')
    .where('day_start', '>', from - DAY_MS)
    .where('day_start', '<', to)
  return new Set(readRows<{ day: number }>(sqlite, days).map(({ day }) => day))
}

/** Cuts a range where frozen days begin and end. */
export function splitAtFrozen(
  { from, to }: TimeRange,
  frozen: ReadonlySet<number>,
): (TimeRange & { isFrozen: boolean })[] {
  const pieces: (TimeRange & { isFrozen: boolean })[] = []
  const push = (start: number, end: number, isFrozen: boolean) => {
    const last = pieces.at(-1)
    if (last?.isFrozen === isFrozen) last.to = end
    else if (start < end) pieces.push({ from: start, to: end, isFrozen })
  }
  let at = from
  for (const day of [...frozen].sort((a, b) => a - b)) {
    push(at, Math.min(Math.max(day, from), to), false)
    push(Math.max(day, from), Math.min(day + DAY_MS, to), true)
    at = Math.min(day + DAY_MS, to)
  }
  push(at, to, false)
  return pieces
}

/**
 * Cuts a range into what answers it, as `coverRange` does. Of frozen days nothing is left to the calls: a bucket of the
 * finest rollups belongs to the part that its start lies in, so that neighbouring ranges count each once.
 */
export function coverKept(
  range: TimeRange,
  edges: readonly number[],
  frozen: ReadonlySet<number>,
  widths: readonly BucketWidth[] = BUCKET_WIDTHS_MS,
): RangePart[] {
  const parts = coverRange(range, edges, widths)
  const [finest] = widths
  if (frozen.size === 0 || finest === undefined) return parts
  return parts.flatMap((part) => (part.source === 'calls' ? keptOf(part, frozen, finest) : part))
}

function keptOf(part: RangePart, frozen: ReadonlySet<number>, width: BucketWidth): RangePart[] {
  const inside = new Set(
    [...frozen].filter((day) => day < part.to && day > bucketStart(part.from, DAY_MS) - 1),
  )
  return splitAtFrozen(part, inside).flatMap(({ from, to, isFrozen }): RangePart[] => {
    if (!isFrozen) return [{ from, to, source: 'calls' }]
    const [first, end] = [Math.ceil(from / width) * width, Math.ceil(to / width) * width]
    return first < end ? [{ from: first, to: end, source: width }] : []
  })
}
