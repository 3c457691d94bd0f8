import type { TraceItem } from '#shared/contract/app-logs.ts'

/** A line of a trace: how deep it lies, and where on its time line, in shares of the whole. */
export interface TraceLine {
  item: TraceItem
  depth: number
  offset: number
  width: number
}

/**
 * The calls and steps of a trace, each below the one it was made by. One whose parent is not there is a root; a circle
 * of parents, which only a broken client can make, is cut where it is entered.
 */
export function traceLines(items: readonly TraceItem[]): TraceLine[] {
  const bySpan = new Map(
    items.flatMap((item) => (item.spanId === null ? [] : [[item.spanId, item] as const])),
  )
  const children = new Map<TraceItem, TraceItem[]>()
  const roots: TraceItem[] = []
  for (const item of items) {
    const parent = item.parentSpanId === null ? undefined : bySpan.get(item.parentSpanId)
    if (!parent || parent === item) roots.push(item)
    else children.set(parent, [...(children.get(parent) ?? []), item])
  }

  const start = Math.min(...items.map(({ startedAt }) => startedAt))
  const end = Math.max(...items.map(({ startedAt, durationMs }) => startedAt + (durationMs ?? 0)))
  const spanMs = Math.max(end - start, 1)
  const lines: TraceLine[] = []
  const seen = new Set<TraceItem>()
  // Not by recursion: a chain may be as long as the trace.
  const visit = (root: TraceItem) => {
    const stack = [{ item: root, depth: 0 }]
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { item, depth } = next
      if (seen.has(item)) continue
      seen.add(item)
      const offset = (item.startedAt - start) / spanMs
      lines.push({ item, depth, offset, width: (item.durationMs ?? 0) / spanMs })
      for (const child of (children.get(item) ?? []).toReversed())
        stack.push({ item: child, depth: depth + 1 })
    }
  }
  for (const root of roots) visit(root)
  for (const item of items) visit(item)
  return lines
}
