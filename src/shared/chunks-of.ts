/** @yields all items in their order, some at a time. */
export function* chunksOf<T>(items: readonly T[], length: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += length) yield items.slice(start, start + length)
}
