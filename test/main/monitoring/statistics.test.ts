import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallFilter, Summary } from '#shared/contract/monitoring.ts'
import { LIMITS } from '#shared/limits.ts'
import { seriesOf, summarise } from '../../../src/main/monitoring/index.ts'
import type { NewCall } from '../../../src/main/store/call.ts'
import { HISTOGRAM_RELATIVE_ERROR } from '../../../src/main/store/duration-histogram.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall, randomCalls } from '../store/make-call.ts'
import { nearestRank } from '../store/nearest-rank.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Ranges up to this long have exact percentiles. */
const EXACT_RANGE = 6 * HOUR
const START = Date.UTC(2026, 10, 20)
const SPAN = 3 * DAY
// What adding floating-point numbers in another order may change.
const ROUNDING = 1e-9

type Labels = Omit<CallFilter, 'from' | 'to'>

function matches(
  call: NewCall,
  { from, to, app, appType, provider, model, environment }: CallFilter,
): boolean {
  const is = (wanted: string | undefined, actual: string | null) =>
    wanted === undefined || wanted === (actual ?? '')
  return (
    call.startedAt >= from &&
    call.startedAt < to &&
    is(app, call.app) &&
    is(appType, call.appType) &&
    is(provider, call.provider) &&
    is(model, call.model ?? call.requestModel) &&
    is(environment, call.environment)
  )
}

/** The statistics by their definitions, over plain objects. */
function reference(calls: readonly NewCall[]): Summary {
  const present = (field: (call: NewCall) => number | null) =>
    calls.map(field).filter((value) => value !== null)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const mean = (values: readonly number[]) => (values.length === 0 ? null : sum(values) / values.length)
  const toMs = (us: number | null) => (us === null ? null : us / 1000)
  const durations = present((call) => call.durationUs)
  const costs = present((call) => call.costNanos)
  const errors = calls.filter((call) => call.status === 'error').length
  const generations = calls.flatMap(({ durationUs, ttftUs, outputTokens }) =>
    durationUs !== null && ttftUs !== null && outputTokens !== null && durationUs > ttftUs
      ? [{ us: durationUs - ttftUs, tokens: outputTokens }]
      : [],
  )
  return {
    requests: calls.length,
    success: calls.length - errors,
    errors,
    successRate: calls.length === 0 ? null : (calls.length - errors) / calls.length,
    avgDurationMs: toMs(mean(durations)),
    p50Ms: toMs(nearestRank(durations, 0.5)),
    p95Ms: toMs(nearestRank(durations, 0.95)),
    p99Ms: toMs(nearestRank(durations, 0.99)),
    avgTtftMs: toMs(mean(present((call) => call.ttftUs))),
    tokensPerSecond:
      generations.length === 0
        ? null
        : sum(generations.map(({ tokens }) => tokens)) / (sum(generations.map(({ us }) => us)) / 1e6),
    inputTokens: sum(present((call) => call.inputTokens)),
    outputTokens: sum(present((call) => call.outputTokens)),
    cachedInputTokens: sum(present((call) => call.cachedInputTokens)),
    reasoningTokens: sum(present((call) => call.reasoningTokens)),
    totalTokens: sum(present((call) => call.totalTokens)),
    costNanos: sum(costs),
    currency: 'USD',
    unpricedRequests: calls.length - costs.length,
  }
}

const PERCENTILES = ['p50Ms', 'p95Ms', 'p99Ms'] as const
const EXACT_FIELDS = [
  'requests',
  'success',
  'errors',
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'reasoningTokens',
  'totalTokens',
  'costNanos',
  'unpricedRequests',
  'successRate',
] as const
const RATIOS = ['avgDurationMs', 'avgTtftMs', 'tokensPerSecond'] as const

function expectClose(actual: number | null, expected: number | null, relativeError: number): void {
  if (expected === null || actual === null) expect(actual).toBe(expected)
  else
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.abs(expected) * (relativeError + ROUNDING))
}

function expectSame<Fields extends Partial<Summary>>(
  actual: Fields,
  expected: Summary,
  percentileError: number,
): void {
  for (const field of EXACT_FIELDS)
    if (field in actual) expect({ [field]: actual[field] }).toEqual({ [field]: expected[field] })
  for (const field of RATIOS) if (field in actual) expectClose(actual[field] ?? null, expected[field], 0)
  for (const field of PERCENTILES) expectClose(actual[field] ?? null, expected[field], percentileError)
}

// Absent in half of the filters.
const label = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 })
const labels: fc.Arbitrary<Labels> = fc.record({
  app: label('checkout-bot', '客服', 'nobody'),
  appType: label('CASE_GENERATION', 'CHAT', ''),
  provider: label('openai', ''),
  model: label('gpt-4o', 'claude-sonnet-4', ''),
  environment: label('production', ''),
})
const hasLabels = (wanted: Labels) => Object.values(wanted).some((value) => value !== undefined)
// Sometimes exactly on hours, mostly cutting them.
const moment = fc.oneof(
  fc.integer({ min: START - HOUR, max: START + SPAN + HOUR }),
  fc.integer({ min: -1, max: SPAN / HOUR + 1 }).map((hours) => START + hours * HOUR),
)
const anyLabels = fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, { arbitrary: labels, weight: 3 })

describe('statistics of a few thousand random calls', () => {
  const calls = randomCalls({ count: 4000, seed: 20_261_124, from: START, spanMs: SPAN })
  let dataDir: string
  let store: Store

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'llmops-statistics-'))
    store = await openStore({ dataDir })
    for (let index = 0; index < calls.length; index += 500)
      await store.insertCalls(calls.slice(index, index + 500))
    // Retries, changed ones included, must not count.
    const repeated = calls.slice(0, 1000)
    await store.insertCalls(repeated)
    await store.insertCalls(
      repeated.map((call) => ({ ...call, durationUs: 1, inputTokens: 1, costNanos: 1 })),
    )
  })
  afterAll(async () => {
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  /** @returns how many calls the filter found. */
  const expectSummary = async (filter: CallFilter): Promise<number> => {
    const expected = reference(calls.filter((call) => matches(call, filter)))
    const percentileError = filter.to - filter.from <= EXACT_RANGE ? 0 : HISTOGRAM_RELATIVE_ERROR
    expectSame(await summarise(store, filter), expected, percentileError)
    return expected.requests
  }

  test('are those of a plain calculation, for the whole range', async () => {
    const filter = { from: START, to: START + SPAN }
    expect((await summarise(store, filter)).requests).toBe(4000)
    await expectSummary(filter)
  })

  test('are those of a plain calculation, whichever hours a long range cuts and whatever the labels', async () => {
    const filters = fc.tuple(moment, moment, anyLabels).filter(([a, b]) => a !== b)
    let labelledFinds = 0
    await fc.assert(
      fc.asyncProperty(filters, async ([a, b, wanted]) => {
        const found = await expectSummary({ from: Math.min(a, b), to: Math.max(a, b), ...wanted })
        if (found > 0 && hasLabels(wanted)) labelledFinds += 1
      }),
      { numRuns: 200 },
    )
    expect(labelledFinds).toBeGreaterThan(20)
  })

  test('have exact percentiles up to six hours', async () => {
    const filters = fc.tuple(moment, fc.integer({ min: 1, max: EXACT_RANGE }), anyLabels)
    let labelledFinds = 0
    await fc.assert(
      fc.asyncProperty(filters, async ([from, lengthMs, wanted]) => {
        const found = await expectSummary({ from, to: from + lengthMs, ...wanted })
        if (found > 0 && hasLabels(wanted)) labelledFinds += 1
      }),
      { numRuns: 200 },
    )
    expect(labelledFinds).toBeGreaterThan(20)
  })

  test.each([
    { bucket: 'minute', bucketMs: MINUTE, longestMs: 3 * HOUR },
    { bucket: 'hour', bucketMs: HOUR, longestMs: SPAN },
  ] as const)(
    'have a point for every $bucket that the range touches, each right',
    async ({ bucket, bucketMs, longestMs }) => {
      const filters = fc.tuple(moment, fc.integer({ min: 1, max: longestMs }), anyLabels)
      await fc.assert(
        fc.asyncProperty(filters, async ([from, lengthMs, wanted]) => {
          const filter = { from, to: from + lengthMs, ...wanted }
          const { bucketMs: actualMs, series } = await seriesOf(store, { ...filter, bucket })
          expect(actualMs).toBe(bucketMs)
          expect(series).toHaveLength(1)
          const points = series[0]?.points ?? []
          const firstBucket = Math.floor(filter.from / bucketMs)
          const lastBucket = Math.floor((filter.to - 1) / bucketMs)
          expect(points.map(({ t }) => t / bucketMs)).toEqual(
            Array.from({ length: lastBucket - firstBucket + 1 }, (_, index) => firstBucket + index),
          )
          const found = calls.filter((call) => matches(call, filter))
          const isExact = bucketMs < HOUR || lengthMs <= EXACT_RANGE
          for (const { t, ...measures } of points) {
            const inBucket = found.filter((call) => call.startedAt >= t && call.startedAt < t + bucketMs)
            expectSame(measures, reference(inBucket), isExact ? 0 : HISTOGRAM_RELATIVE_ERROR)
          }
        }),
        { numRuns: 25 },
      )
    },
  )
})

describe('a range without calls', () => {
  test('has zeros, and null where there is nothing to divide by', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    expect(await summarise(store, { from: START, to: START + DAY })).toEqual(reference([]))
    const { series } = await seriesOf(store, { from: START, to: START + 2 * MINUTE, bucket: 'minute' })
    const empty = {
      requests: 0,
      success: 0,
      errors: 0,
      avgDurationMs: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      inputTokens: 0,
      outputTokens: 0,
      costNanos: 0,
    }
    expect(series).toEqual([
      {
        key: null,
        points: [
          { t: START, ...empty },
          { t: START + MINUTE, ...empty },
        ],
      },
    ])
  })
})

describe('seriesOf', () => {
  test.each([
    { lengthMs: EXACT_RANGE, bucketMs: MINUTE },
    { lengthMs: EXACT_RANGE + 1, bucketMs: HOUR },
  ])('chooses buckets of $bucketMs ms for a range of $lengthMs ms', async ({ lengthMs, bucketMs }) => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const series = await seriesOf(store, { from: START, to: START + lengthMs, bucket: 'auto' })
    expect(series.bucketMs).toBe(bucketMs)
  })

  test('refuses more points than its limit, and gives exactly as many', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const longest = LIMITS.pointsPerSeries * MINUTE
    const { series } = await seriesOf(store, { from: START, to: START + longest, bucket: 'minute' })
    expect(series[0]?.points).toHaveLength(LIMITS.pointsPerSeries)
    await expect(
      seriesOf(store, { from: START, to: START + longest + 1, bucket: 'minute' }),
    ).rejects.toMatchObject({ code: 'range-too-long' })
  })
})

describe('percentiles', () => {
  test('are over finished calls only', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    await store.insertCalls([
      makeCall({ startedAt: START, durationUs: 10_000 }),
      makeCall({ startedAt: START, durationUs: 20_000, status: 'error' }),
      makeCall({ startedAt: START, durationUs: null }),
    ])
    expect(await summarise(store, { from: START, to: START + 1 })).toMatchObject({
      requests: 3,
      avgDurationMs: 15,
      p50Ms: 10,
      p95Ms: 20,
      p99Ms: 20,
    })
  })
})
