import { describe, expect, test } from 'vitest'
import type { Point } from '#shared/contract/monitoring.ts'
import {
  requestOptions,
  responseTimeOptions,
} from '../../../../src/renderer/components/charts/chart-options.ts'
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
  font: 'sans-serif',
}

function contextOf(p95s: (number | null)[]) {
  const points = p95s.map((p95Ms, index): Point => {
    const requests = p95Ms === null ? 0 : 10
    const durations = { avgDurationMs: p95Ms, p50Ms: p95Ms, p95Ms, p99Ms: p95Ms }
    const tokens = { inputTokens: 0, outputTokens: 0, costNanos: 0 }
    return { t: index * 60_000, requests, success: requests, errors: 0, ...durations, ...tokens }
  })
  return { points, bucketMs: 60_000, format: createFormatters('en'), theme, description: 'A chart.' }
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

const names = { requests: 'Requests', errors: 'Failed' }

describe('response time chart', () => {
  test('a bucket without calls is a gap, not a zero', () => {
    expect(dataOf(responseTimeOptions(contextOf([120, null, 80, 90]), names), 'P95')).toEqual([
      120,
      null,
      80,
      90,
    ])
  })

  test('a value between two gaps, which has no line, is a dot', () => {
    const options = responseTimeOptions(contextOf([120, null, 80, null, 90, 95]), names)
    expect(dataOf(options, 'P95-dots')).toEqual([120, null, 80, null, null, null])
  })

  test('without points it is empty', () => {
    expect(dataOf(responseTimeOptions(contextOf([]), names), 'P50')).toEqual([])
  })
})

test('charts do not move by themselves and describe themselves', () => {
  const context = contextOf([120])
  for (const options of [
    responseTimeOptions(context, names),
    requestOptions(context, { ok: 'OK', error: 'Failed' }),
  ]) {
    expect(options).toMatchObject({
      animation: false,
      aria: { enabled: true, label: { description: 'A chart.' } },
    })
  }
})
