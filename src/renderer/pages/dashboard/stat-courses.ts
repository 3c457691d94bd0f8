import type { Point, Series } from '#shared/contract/monitoring.ts'
import type { FigureId } from './stat-figures.ts'

/** What each figure is of the calls of one bucket; null where they do not tell. */
const VALUES: Record<FigureId, (point: Point) => number | null> = {
  requests: ({ requests }) => requests,
  'success-rate': ({ requests, success }) => (requests === 0 ? null : success / requests),
  'average-time': ({ avgDurationMs }) => avgDurationMs,
  'p95-time': ({ p95Ms }) => p95Ms,
  cost: ({ costNanos }) => costNanos,
  tokens: ({ totalTokens }) => totalTokens,
  'first-token': ({ avgTtftMs }) => avgTtftMs,
  satisfaction: ({ satisfaction }) => satisfaction ?? null,
}

/** Of their whole height little is used: what matters is how far they fall. */
const SHARES: ReadonlySet<FigureId> = new Set(['success-rate', 'satisfaction'])

/** The course of a figure over the range, from the answer that the charts are drawn of. */
export function courseOf(id: FigureId, { series }: Series): { values: (number | null)[]; fromZero: boolean } {
  return { values: (series[0]?.points ?? []).map(VALUES[id]), fromZero: !SHARES.has(id) }
}
