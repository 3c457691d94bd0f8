const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Ranges that end now, by the name they have in the page's address; how they and the periods before are called. */
export const QUICK_RANGES = {
  '5m': { spanMs: 5 * MINUTE_MS, label: 'range.minutes5', previous: 'range.previousMinutes5' },
  '15m': { spanMs: 15 * MINUTE_MS, label: 'range.minutes15', previous: 'range.previousMinutes15' },
  '1h': { spanMs: HOUR_MS, label: 'range.hour1', previous: 'range.previousHour1' },
  '6h': { spanMs: 6 * HOUR_MS, label: 'range.hours6', previous: 'range.previousHours6' },
  '24h': { spanMs: DAY_MS, label: 'range.hours24', previous: 'range.previousHours24' },
  '7d': { spanMs: 7 * DAY_MS, label: 'range.days7', previous: 'range.previousDays7' },
  '30d': { spanMs: 30 * DAY_MS, label: 'range.days30', previous: 'range.previousDays30' },
} as const

export type QuickRange = keyof typeof QUICK_RANGES

/** Epoch ms, `[from, to)`. */
export interface TimeSpan {
  from: number
  to: number
}

type WholeRange = { kind: 'quick'; name: QuickRange } | ({ kind: 'custom' } & TimeSpan)
/** A range that was zoomed into knows the one that it is a part of. */
export type TimeRange = WholeRange & { outOf?: WholeRange }

const DEFAULT_RANGE: TimeRange = { kind: 'quick', name: '1h' }

/** Reads a range from the page's address; whatever is not one is the default. */
export function rangeFromQuery(query: Readonly<Record<string, unknown>>): TimeRange {
  const { range, from, to } = query
  if (typeof range === 'string' && isQuickRange(range)) return { kind: 'quick', name: range }
  const custom = customRange(from, to)
  if (!custom) return DEFAULT_RANGE
  const outOf = wholeRange(query['outOf'])
  return outOf ? { ...custom, outOf } : custom
}

export function rangeToQuery(range: TimeRange): Record<string, string> {
  if (range.kind === 'quick') return { range: range.name }
  const { from, to, outOf } = range
  const whole = outOf?.kind === 'custom' ? `${outOf.from}-${outOf.to}` : outOf?.name
  return { from: String(from), to: String(to), ...(whole === undefined ? {} : { outOf: whole }) }
}

/** What a page's address holds besides its range. */
export function withoutRange<Value>(query: Readonly<Record<string, Value>>): Record<string, Value> {
  const { range: _range, from: _from, to: _to, outOf: _outOf, ...others } = query
  return others
}

/** Narrows a range. However often that is done, one step leads back to the range that it began with. */
export function zoomInto(range: TimeRange, { from, to }: TimeSpan): TimeRange {
  const { outOf, ...whole } = range
  return { kind: 'custom', from, to, outOf: outOf ?? whole }
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

/** @returns the message that names the period of equal length before a range. */
export function previousLabel(range: TimeRange): string {
  return range.kind === 'quick' ? QUICK_RANGES[range.name].previous : 'range.previousCustom'
}

export function isQuickRange(text: string): text is QuickRange {
  return Object.hasOwn(QUICK_RANGES, text)
}

function customRange(from: unknown, to: unknown): ({ kind: 'custom' } & TimeSpan) | undefined {
  const [start, end] = [epochMs(from), epochMs(to)]
  return start !== null && end !== null && start < end ? { kind: 'custom', from: start, to: end } : undefined
}

/** `1h`, or `{from}-{to}`. */
function wholeRange(text: unknown): WholeRange | undefined {
  if (typeof text !== 'string') return undefined
  if (isQuickRange(text)) return { kind: 'quick', name: text }
  const [from, to] = text.split('-')
  return customRange(from, to)
}

function epochMs(text: unknown): number | null {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null
}
