import { forEachPair, packPairs } from './packed-pairs.ts'

/** A call, and the value that it is ranked by. */
export interface RankedCall {
  value: number
  /** `app_log.id` */
  id: number
}

/** Of a set of calls, those with the greatest values. What it does not hold is below what it holds. */
export interface TopCell {
  /** How many calls there are. */
  counted: number
  /** Greatest first; fewer than should be where calls were taken out and others not looked for yet. */
  top: readonly RankedCall[]
}

export const EMPTY_CELL: TopCell = { counted: 0, top: [] }

/** Greatest first; of equal ones, the last that was stored. */
export function compareRanked(a: RankedCall, b: RankedCall): number {
  return b.value - a.value || b.id - a.id
}

/** Whether it holds fewer calls than it should. */
export function isShort({ counted, top }: TopCell, kept: number): boolean {
  return top.length < Math.min(counted, kept)
}

export function cellOf(calls: readonly RankedCall[], kept: number): TopCell {
  return { counted: calls.length, top: calls.toSorted(compareRanked).slice(0, kept) }
}

/**
 * @param removed ids of calls of the cell that leave it.
 * @param added calls that come to it, a cell that is not short; one that has another value than before is in both.
 * @param kept how many calls a cell should hold.
 */
export function changeCell(
  { counted, top }: TopCell,
  removed: Pick<ReadonlySet<number>, 'has' | 'size'>,
  added: TopCell,
  kept: number,
): TopCell {
  // Nothing is known of the order of those that it does not hold, but that they are below its last.
  const floor = counted > top.length ? (top.at(-1) ?? { value: Infinity, id: Infinity }) : null
  const places = floor === null ? added.top : added.top.filter((call) => compareRanked(call, floor) < 0)
  const stays = removed.size === 0 ? top : top.filter(({ id }) => !removed.has(id))
  return {
    counted: counted - removed.size + added.counted,
    top: places.length === 0 ? stays : [...stays, ...places].sort(compareRanked).slice(0, kept),
  }
}

/** One cell of what several hold, none of which may be short. */
export function mergeCells(cells: readonly TopCell[], kept: number): TopCell {
  return {
    counted: cells.reduce((sum, { counted }) => sum + counted, 0),
    top: cells
      .flatMap(({ top }) => top)
      .sort(compareRanked)
      .slice(0, kept),
  }
}

export function packRanked(top: readonly RankedCall[]): Uint8Array {
  return packPairs(top.length, (add) => {
    for (const { value, id } of top.toReversed()) add(value, id)
  })
}

export function unpackRanked(packed: Uint8Array): RankedCall[] {
  const top: RankedCall[] = []
  forEachPair(packed, (value, id) => top.push({ value, id }))
  return top.reverse()
}
