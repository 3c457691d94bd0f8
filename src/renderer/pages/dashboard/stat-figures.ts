import type { Comparison, Summary } from '#shared/contract/monitoring.ts'
import type { Formatters } from '../../format/formatters.ts'
import type { Change } from './change.ts'
import { relativeChange, shareChange } from './change.ts'

type Translate = (key: string, named?: Record<string, unknown>, count?: number) => string

/** One key figure: how it reads, what explains it, and how it changed. */
export interface StatFigure {
  id: FigureId
  value: string
  notes: string[]
  tone?: 'plain' | 'error' | 'warning'
  /** Null: there is nothing to compare with. */
  change: Change | null
  /** In percentage points, not in parts of what it was. */
  isShare?: boolean
  /** What it was. */
  before: string
  /** Whether it is good when it rises; neither for what is only so or so much. */
  goodWhen: 'up' | 'down' | 'neither'
}

/** The figures in their order, also before they are known. */
export const FIGURE_LABELS = [
  { id: 'requests', label: 'dashboard.requests' },
  { id: 'success-rate', label: 'dashboard.successRate' },
  { id: 'average-time', label: 'dashboard.averageTime' },
  { id: 'p95-time', label: 'dashboard.p95Time' },
  { id: 'cost', label: 'dashboard.cost' },
  { id: 'tokens', label: 'dashboard.tokens' },
  { id: 'first-token', label: 'dashboard.firstToken' },
  { id: 'satisfaction', label: 'dashboard.satisfaction' },
] as const
export type FigureId = (typeof FIGURE_LABELS)[number]['id']

/** The key figures of a range and of the period before it. */
export function statFigures(
  { current, previous }: Comparison,
  format: Formatters,
  t: Translate,
): StatFigure[] {
  const hasPrevious = previous.requests > 0
  /** A figure that is read off a summary as a number and as text. */
  const figure = (
    numberOf: (summary: Summary) => number | null,
    textOf: (value: number | null, summary: Summary) => string,
    isShare = false,
  ) => ({
    value: textOf(numberOf(current), current),
    before: textOf(numberOf(previous), previous),
    change: hasPrevious
      ? (isShare ? shareChange : relativeChange)(numberOf(current), numberOf(previous))
      : null,
    isShare,
  })
  // Nothing explains a figure of no calls.
  const notes = (...texts: (string | null)[]) =>
    current.requests > 0 ? texts.filter((text) => text !== null) : []
  const unpriced = current.unpricedRequests
  return [
    {
      id: 'requests',
      ...figure(({ requests }) => requests, format.count),
      notes: notes(
        t('dashboard.errors', { count: format.count(current.errors) }, current.errors),
        current.activeUsers > 0
          ? t('dashboard.users', { count: format.compact(current.activeUsers) }, current.activeUsers)
          : null,
        current.sessions > 0
          ? t('dashboard.sessions', { count: format.compact(current.sessions) }, current.sessions)
          : null,
      ),
      tone: current.errors > 0 ? 'error' : 'plain',
      goodWhen: 'neither',
    },
    {
      id: 'success-rate',
      ...figure(({ successRate }) => successRate, format.percent, true),
      notes: notes(`${format.count(current.success)} / ${format.count(current.requests)}`),
      goodWhen: 'up',
    },
    {
      id: 'average-time',
      ...figure(({ avgDurationMs }) => avgDurationMs, format.duration),
      notes: notes(`P50 ${format.duration(current.p50Ms)}`),
      goodWhen: 'down',
    },
    {
      id: 'p95-time',
      ...figure(({ p95Ms }) => p95Ms, format.duration),
      notes: notes(`P99 ${format.duration(current.p99Ms)}`),
      goodWhen: 'down',
    },
    {
      id: 'cost',
      // Calls without a price are not free: no sum is shown when there is nothing to add up.
      ...figure(
        ({ costNanos, requests, unpricedRequests }) => (requests > unpricedRequests ? costNanos : null),
        (value, { currency }) => format.cost(value, currency),
      ),
      notes: notes(t('dashboard.unpriced', { count: format.count(unpriced) }, unpriced)),
      tone: unpriced > 0 ? 'warning' : 'plain',
      goodWhen: 'down',
    },
    {
      id: 'tokens',
      ...figure(({ totalTokens }) => totalTokens, format.compact),
      notes: notes(
        t('dashboard.input', { tokens: format.compact(current.inputTokens) }),
        t('dashboard.output', { tokens: format.compact(current.outputTokens) }),
      ),
      goodWhen: 'neither',
    },
    {
      id: 'first-token',
      ...figure(({ avgTtftMs }) => avgTtftMs, format.duration),
      notes: notes(
        current.avgTtftMs === null ? t('dashboard.noFirstToken') : null,
        ifKnown(current.tokensPerSecond, (rate) =>
          t('dashboard.tokensPerSecond', { rate: format.decimal(rate) }),
        ),
      ),
      goodWhen: 'down',
    },
    {
      id: 'satisfaction',
      ...figure(({ satisfaction }) => satisfaction, format.percent, true),
      notes: notes(t(current.satisfaction === null ? 'dashboard.noFeedback' : 'dashboard.goodRatings')),
      goodWhen: 'up',
    },
  ]
}

function ifKnown(value: number | null, text: (value: number) => string): string | null {
  return value === null ? null : text(value)
}
