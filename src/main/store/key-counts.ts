import { forEachPair, packPairs } from './packed-pairs.ts'

/** What is added to, or taken from, the count of a number. */
export interface KeyChange {
  key: number
  change: number
}

/**
 * @param added numbers, each as often as it came; in any order, which is lost.
 * @param removed the same of those that went.
 * @returns the changes by number, ascending.
 */
export function sumKeyChanges(added: readonly number[], removed: readonly number[]): KeyChange[] {
  // Sorted together, numbers that went beside the same ones that came.
  const marked = new Float64Array(added.length + removed.length)
  marked.set(added.map((key) => 2 * key))
  marked.set(
    removed.map((key) => 2 * key + 1),
    added.length,
  )
  marked.sort()
  const changes: KeyChange[] = []
  let last: KeyChange | undefined
  for (const mark of marked) {
    const key = Math.floor(mark / 2)
    if (last?.key !== key) changes.push((last = { key, change: 0 }))
    last.change += mark % 2 === 0 ? 1 : -1
  }
  return changes
}

/**
 * Changes how often each of a set of numbers occurs. A number that occurs no longer leaves no trace.
 *
 * @param packed nothing, or what this returned.
 * @param changes by number, ascending.
 */
export function changeKeyCounts(packed: Uint8Array | undefined, changes: readonly KeyChange[]): Uint8Array {
  return packPairs(changes.length + (packed?.length ?? 0), (add) => {
    let next = 0
    const addChangesBelow = (limit: number) => {
      for (let of = changes[next]; of && of.key < limit; of = changes[(next += 1)]) {
        if (of.change !== 0) add(of.key, of.change)
      }
    }
    if (packed) {
      forEachPair(packed, (key, count) => {
        addChangesBelow(key)
        const of = changes[next]
        if (of?.key !== key) return add(key, count)
        next += 1
        if (count + of.change !== 0) add(key, count + of.change)
      })
    }
    addChangesBelow(Infinity)
  })
}
