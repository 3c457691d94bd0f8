import { expect, test } from 'vitest'
import type { Summary } from '#shared/contract/monitoring.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'
import { FIGURE_LABELS, statFigures } from '../../../../src/renderer/pages/dashboard/stat-figures.ts'

const NOTHING: Summary = {
  requests: 0,
  success: 0,
  errors: 0,
  successRate: null,
  avgDurationMs: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  avgTtftMs: null,
  tokensPerSecond: null,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  reasoningTokens: 0,
  totalTokens: 0,
  costNanos: 0,
  currency: 'USD',
  unpricedRequests: 0,
  activeUsers: 0,
  sessions: 0,
  satisfaction: null,
}
const SOME: Summary = {
  ...NOTHING,
  requests: 10,
  success: 9,
  errors: 1,
  successRate: 0.9,
  avgDurationMs: 200,
  p95Ms: 500,
  avgTtftMs: 0,
  totalTokens: 1_000,
  costNanos: 2e9,
  activeUsers: 3,
}

const figuresOf = (current: Summary, previous: Summary) =>
  new Map(
    statFigures({ current, previous, previousFrom: 0 }, createFormatters('en'), (key) => key).map(
      ({ id, ...figure }) => [id, figure],
    ),
  )

test('there is a figure for each label', () => {
  expect([...figuresOf(SOME, NOTHING).keys()]).toEqual(FIGURE_LABELS.map(({ id }) => id))
})

test('nothing is compared with a period that has no calls', () => {
  expect([...figuresOf(SOME, NOTHING).values()].map(({ change }) => change)).toEqual(
    FIGURE_LABELS.map(() => null),
  )
})

test('a figure that is not known now or was not before has no change', () => {
  const figures = figuresOf(SOME, { ...SOME, avgDurationMs: null, successRate: 0.8 })
  expect(figures.get('average-time')).toMatchObject({ change: null, before: '—' })
  expect(figures.get('satisfaction')).toMatchObject({ value: '—', change: null })
  const points: unknown = expect.closeTo(0.1)
  expect(figures.get('success-rate')?.change).toEqual({ direction: 'up', amount: points })
})

test('calls without a price have no cost to compare, those that cost nothing have', () => {
  const unpriced = { ...SOME, costNanos: 0, unpricedRequests: 10 }
  expect(figuresOf(SOME, unpriced).get('cost')).toMatchObject({ change: null, before: '—' })
  expect(figuresOf(SOME, { ...SOME, costNanos: 0 }).get('cost')).toMatchObject({
    value: '$2.00',
    change: { direction: 'new' },
  })
})

test('a first token after no time is told, one that nobody tells is not', () => {
  expect(figuresOf(SOME, NOTHING).get('first-token')).toMatchObject({ value: '0 ms', notes: [] })
  expect(figuresOf({ ...SOME, avgTtftMs: null }, NOTHING).get('first-token')).toMatchObject({
    value: '—',
    notes: ['dashboard.noFirstToken'],
  })
})
