import { describe, expect, test } from 'vitest'
import type { Point, Series } from '#shared/contract/monitoring.ts'
import {
  costSeries,
  requestSeries,
  responseTimeSeries,
  tokenSeries,
  uncachedOf,
} from '../../../../src/renderer/components/charts/call-series.ts'
import { barOptions, lineOptions } from '../../../../src/renderer/components/charts/chart-options.ts'
import { timeSeriesTable } from '../../../../src/renderer/components/charts/time-series.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'

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
const looks = { format: createFormatters('en'), theme }
const context = { ...looks, description: 'A chart.', axisText: String, hasPatterns: false }

function seriesOf(p95s: (number | null)[]): Series {
  const points = p95s.map((p95Ms, index): Point => {
    const requests = p95Ms === null ? 0 : 10
    const durations = { avgTtftMs: null, avgDurationMs: p95Ms, p50Ms: p95Ms, p95Ms, p99Ms: p95Ms }
    const tokens = { inputTokens: 90, outputTokens: 0, cachedInputTokens: 60, totalTokens: 90, costNanos: 0 }
    return { t: index * 60_000, requests, success: requests, errors: 0, ...durations, ...tokens }
  })
  return { bucketMs: 60_000, series: [{ key: null, points }] }
}

function dataOf(options: { series?: unknown }, id: string): unknown {
  const { series } = options
  const found: unknown = Array.isArray(series)
    ? series.find(
        (entry: unknown) => typeof entry === 'object' && entry !== null && Reflect.get(entry, 'id') === id,
      )
    : undefined
  return typeof found === 'object' && found !== null ? Reflect.get(found, 'data') : undefined
}

const responseTimes = (p95s: (number | null)[]) =>
  responseTimeSeries(seriesOf(p95s), looks, { requests: 'Requests', errors: 'Failed' })
const requests = (p95s: (number | null)[]) =>
  requestSeries(seriesOf(p95s), looks, { success: 'OK', errors: 'Failed' })

describe('response time chart', () => {
  test('a bucket without calls is a gap, not a zero', () => {
    expect(dataOf(lineOptions(responseTimes([120, null, 80, 90]), context), 'P95')).toEqual([
      120,
      null,
      80,
      90,
    ])
  })

  test('a value between two gaps, which has no line, is a dot', () => {
    const options = lineOptions(responseTimes([120, null, 80, null, 90, 95]), context)
    expect(dataOf(options, 'P95-dots')).toEqual([120, null, 80, null, null, null])
  })

  test('without points it is empty', () => {
    const nothing = responseTimeSeries(undefined, looks, { requests: 'Requests', errors: 'Failed' })
    expect(dataOf(lineOptions(nothing, context), 'P50')).toEqual([])
  })

  test('what only explains the lines is not drawn', () => {
    expect(dataOf(lineOptions(responseTimes([120]), context), 'Requests')).toBeUndefined()
  })
})

test('charts do not move by themselves and describe themselves', () => {
  for (const options of [lineOptions(responseTimes([120]), context), barOptions(requests([120]), context)]) {
    expect(options).toMatchObject({
      animation: false,
      aria: { enabled: true, label: { description: 'A chart.' } },
    })
  }
})

describe('patterns', () => {
  const decalsOf = (hasPatterns: boolean) => {
    const { series } = barOptions(requests([120]), { ...context, hasPatterns })
    return Array.isArray(series)
      ? series.map(
          (bar) => 'itemStyle' in bar && bar.itemStyle && 'decal' in bar.itemStyle && bar.itemStyle.decal,
        )
      : []
  }

  test('tell the parts of a bar apart where they are wanted: the first is plain', () => {
    expect(decalsOf(false)).toEqual([undefined, undefined])
    expect(decalsOf(true)).toEqual([undefined, expect.objectContaining({ symbol: 'rect' })])
  })

  test('are drawn anew for each chart, since ECharts keeps pixels by the object', () => {
    expect(decalsOf(true)[1]).not.toBe(decalsOf(true)[1])
  })
})

test('long lines are thinned out to what can be seen', () => {
  const options = lineOptions(responseTimes([120, 130]), context)
  expect(options.series).toContainEqual(expect.objectContaining({ id: 'P95', sampling: 'lttb' }))
})

test('a cost is drawn and exported in units of its currency, and said as one', () => {
  const series = seriesOf([120, null])
  const [first] = series.series[0]?.points ?? []
  if (first) first.costNanos = 12_500_000
  const cost = costSeries(series, looks, { name: 'Cost', currency: 'USD' })
  expect(dataOf(barOptions(cost, context), 'Cost')).toEqual([0.0125, 0])
  expect(cost.columns[0]?.text(0.0125)).toBe('$0.013')
  expect(timeSeriesTable(cost).fields).toEqual(['from', 'to', 'cost'])
})

test('tokens that went in, anew or from a cache, and came out are parts of one bar, none counted twice', () => {
  const tokens = tokenSeries(seriesOf([120]), looks, { input: 'In', cached: 'Cached', output: 'Out' })
  expect(barOptions(tokens, context).series).toMatchObject([
    { name: 'In', stack: 'all', data: [30] },
    { name: 'Cached', stack: 'all', data: [60] },
    { name: 'Out', stack: 'all', data: [0] },
  ])
  expect(timeSeriesTable(tokens).fields).toEqual([
    'from',
    'to',
    'uncachedInputTokens',
    'cachedInputTokens',
    'outputTokens',
  ])
})

test('more tokens from a cache than went in at all leave no bar below zero', () => {
  expect(uncachedOf(10, 12)).toBe(0)
})

test('a limit is a line that is always in sight, and is said in words and in the table', () => {
  const cost = costSeries(seriesOf([120]), looks, {
    name: 'Cost',
    currency: 'USD',
    budget: { name: 'Budget', units: 2 },
  })
  const options = barOptions(cost, { ...context, limit: { value: 2, text: 'Budget: $48.00 / Day' } })
  expect(options.series).toMatchObject([{ markLine: { data: [{ yAxis: 2 }] } }])
  const { max } = options.yAxis as { max: (values: { max: number }) => number }
  expect([max({ max: 0.5 }), max({ max: 9 })]).toEqual([3, 9])
  expect(timeSeriesTable(cost).rows[0]?.slice(2)).toEqual([0, 2])
})

describe('export of a chart', () => {
  test('holds a row for each bucket, with its times and raw values', () => {
    expect(timeSeriesTable(responseTimes([120.5, null]))).toEqual({
      fields: ['from', 'to', 'p99Ms', 'p95Ms', 'p50Ms', 'requests', 'errors'],
      rows: [
        ['1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z', 120.5, 120.5, 120.5, 10, 0],
        ['1970-01-01T00:01:00.000Z', '1970-01-01T00:02:00.000Z', null, null, null, 0, 0],
      ],
    })
  })

  test('ends a bucket where the next begins, however long its day was', () => {
    const day = 24 * 3_600_000
    const times = [0, day - 3_600_000]
    const columns = [{ field: 'requests', name: 'Requests', values: [1, 2], text: String }]
    expect(timeSeriesTable({ times, bucketMs: day, columns }).rows).toEqual([
      ['1970-01-01T00:00:00.000Z', '1970-01-01T23:00:00.000Z', 1],
      ['1970-01-01T23:00:00.000Z', '1970-01-02T23:00:00.000Z', 2],
    ])
  })
})
