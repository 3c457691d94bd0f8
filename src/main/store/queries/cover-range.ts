import type { BucketWidth } from '../rollup-levels.ts'
import { BUCKET_WIDTHS_MS } from '../rollup-levels.ts'

/** A part of a range and what answers it: rollups of a width, or the calls themselves. */
export interface RangePart {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  source: BucketWidth | 'calls'
}

/**
 * Cuts a range into as few parts as can be: the widest rollups that lie within one bucket of the answer, and calls at
 * the ends, so that every moment is in exactly one part.
 *
 * @param edges where buckets of the answer begin, ascending; the first at `from` or before it.
 * @param widths of the rollups that may be used.
 */
export function coverRange(
  range: { from: number; to: number },
  edges: readonly number[],
  widths: readonly BucketWidth[] = BUCKET_WIDTHS_MS,
): RangePart[] {
  const parts: RangePart[] = []
  const push = (from: number, to: number, source: RangePart['source']) => {
    const last = parts.at(-1)
    if (last?.source === source && last.to === from) last.to = to
    else if (from < to) parts.push({ from, to, source })
  }
  const cover = (from: number, to: number, level: number): void => {
    const width = widths[level]
    if (width === undefined) return push(from, to, 'calls')
    const first = Math.ceil(from / width) * width
    const end = Math.floor(to / width) * width
    if (first >= end) return cover(from, to, level - 1)
    cover(from, first, level - 1)
    push(first, end, width)
    cover(end, to, level - 1)
  }
  const cuts = [range.from, ...edges.filter((edge) => edge > range.from && edge < range.to), range.to]
  cuts.slice(1).forEach((to, index) => {
    const from = cuts[index] ?? to
    if (from < to) cover(from, to, widths.length - 1)
  })
  return parts
}

/** @returns the stretches of time that rollups answer, neighbours joined. */
export function rollupStretches(parts: readonly RangePart[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = []
  for (const { from, to, source } of parts) {
    if (source === 'calls') continue
    const last = stretches.at(-1)
    if (last?.to === from) last.to = to
    else stretches.push({ from, to })
  }
  return stretches
}
