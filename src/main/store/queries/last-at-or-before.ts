/**
 * Which bucket a time lies in.
 *
 * @param edges where buckets begin, ascending, the first at `time` or before.
 */
export function lastAtOrBefore(edges: readonly number[], time: number): number {
  let low = 0
  let high = edges.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((edges[middle] ?? 0) <= time) low = middle
    else high = middle - 1
  }
  return edges[low] ?? time
}
