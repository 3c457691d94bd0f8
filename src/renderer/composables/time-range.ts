const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Ranges that end now, by the name they have in the page's address. */
export const QUICK_RANGES = {
  '15m': { spanMs: 15 * MINUTE_MS, label: 'range.minutes15' },
  '1h': { spanMs: HOUR_MS, label: 'range.hour1' },
  '6h': { spanMs: 6 * HOUR_MS, label: 'range.hours6' },
  '24h': { spanMs: DAY_MS, label: 'range.hours24' },
  '7d': { spanMs: 7 * DAY_MS, label: 'range.days7' },
  '30d': { spanMs: 30 * DAY_MS, label: 'range.days30' },
} as const

export type QuickRange = keyof typeof QUICK_RANGES

export type TimeRange = { kind: 'quick'; name: QuickRange } | { kind: 'custom'; from: number; to: number }

const DEFAULT_RANGE: TimeRange = { kind: 'quick', name: '1h' }

/** Reads a range from the page's address; whatever is not one is the default. */
export function rangeFromQuery(query: Readonly<Record<string, unknown>>): TimeRange {
  const { range, from, to } = query
  if (typeof range === 'string' && isQuickRange(range)) return { kind: 'quick', name: range }
  const custom = { from: epochMs(from), to: epochMs(to) }
  if (custom.from !== null && custom.to !== null && custom.from < custom.to) {
    return { kind: 'custom', from: custom.from, to: custom.to }
  }
  return DEFAULT_RANGE
}

export function rangeToQuery(range: TimeRange): Record<string, string> {
  return range.kind === 'quick' ? { range: range.name } : { from: String(range.from), to: String(range.to) }
}

/**
 * @returns the epoch ms `[from, to)` that a range means now. A quick range ends with the running minute, so that a
 *   call that starts this very moment is in it.
 */
export function resolveRange(range: TimeRange, nowMs: number): { from: number; to: number } {
  if (range.kind === 'custom') return { from: range.from, to: range.to }
  const to = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS
  return { from: to - QUICK_RANGES[range.name].spanMs, to }
}

export function isQuickRange(text: string): text is QuickRange {
  return Object.hasOwn(QUICK_RANGES, text)
}

function epochMs(text: unknown): number | null {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null
}
