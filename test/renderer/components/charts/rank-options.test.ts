import { expect, test } from 'vitest'
import type { BreakdownRow } from '#shared/contract/monitoring.ts'
import { donutOptions } from '../../../../src/renderer/components/charts/donut-options.ts'
import { rankOptions } from '../../../../src/renderer/components/charts/rank-options.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'
import { rankRows } from '../../../../src/renderer/pages/dashboard/rank-metrics.ts'

const theme = {
  text: '#000',
  muted: '#555',
  line: '#ddd',
  surface: '#fff',
  p50: '#00f',
  p95: '#f80',
  p99: '#808',
  ok: '#08f',
  error: '#f00',
  input: '#0aa',
  output: '#055',
  cached: '#888',
  cost: '#70c',
  font: 'sans-serif',
}

const row = (key: string, more: Partial<BreakdownRow>): BreakdownRow => ({
  key,
  requests: 1,
  success: 1,
  errors: 0,
  successRate: 1,
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
  satisfaction: null,
  ...more,
})
const words = {
  nameOf: ({ key }: BreakdownRow) => key ?? '(none)',
  columnName: ({ id }: { id: string }) => id,
}

test('rows are ranked by the figure, what is not known last and without a bar', () => {
  const rows = [row('a', { p95Ms: null, requests: 9 }), row('b', { p95Ms: 10 }), row('c', { p95Ms: 20 })]
  const ranked = rankRows(rows, { by: 'model', metric: 'p95' }, createFormatters('en'), words)
  expect(ranked.map(({ name, value, text }) => [name, value, text])).toEqual([
    ['c', 20, '20 ms'],
    ['b', 10, '10 ms'],
    ['a', null, '—'],
  ])
  expect(ranked[0]?.facts.map(({ name }) => name)).toEqual([
    'requests',
    'successRate',
    'p50',
    'p95',
    'tokens',
    'cost',
  ])
})

test('calls without a price are not the cheapest: their cost is not known', () => {
  const rows = [row('free', { costNanos: 0 }), row('unpriced', { requests: 2, unpricedRequests: 2 })]
  const ranked = rankRows(rows, { by: 'app', metric: 'cost' }, createFormatters('en'), words)
  expect(ranked.map(({ name, value }) => [name, value])).toEqual([
    ['free', 0],
    ['unpriced', null],
  ])
})

test('a name cannot hide what it is', () => {
  const bars = [{ name: 'gpt\u200b-4o', value: 1, text: '1', facts: [] }]
  expect(rankOptions(bars, { theme, color: theme.ok, description: 'A chart.' })).toMatchObject({
    animation: false,
    aria: { enabled: true, label: { description: 'A chart.' } },
    yAxis: { data: ['gpt<U+200B>-4o'], inverse: true },
  })
})

test('a ring of nothing is plain and leads nowhere; patterns tell its parts apart where they are wanted', () => {
  const part = (value: number) => ({ name: 'OK', value, text: '', share: '', color: '#08f' })
  const context = { theme, description: 'A ring.', middle: '—', hasPatterns: true }
  expect(donutOptions([part(0), part(0)], context).series).toMatchObject([
    { silent: true, data: [{ value: 1, itemStyle: { color: theme.line } }] },
  ])
  expect(donutOptions([part(3), part(0)], context).series).toMatchObject([
    { minAngle: 3, data: [{ value: 3 }, { value: '-' }] },
  ])
  expect(donutOptions([part(3), part(1)], context).series).toMatchObject([
    { silent: false, data: [{ value: 3 }, { value: 1, itemStyle: { decal: { symbol: 'rect' } } }] },
  ])
})
