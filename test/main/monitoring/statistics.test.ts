import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { BreakdownBy, CallFilter, Summary } from '#shared/contract/monitoring.ts'
import { LIMITS } from '#shared/limits.ts'
import {
  breakDown,
  compareWithPrevious,
  seriesOf,
  summarise,
  topCalls,
} from '../../../src/main/monitoring/index.ts'
import type { NewCall } from '../../../src/main/store/call.ts'
import type { Label } from '../../../src/main/store/label-sets.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall, randomCalls } from '../store/make-call.ts'
import { makeFeedback } from '../store/make-feedback.ts'
import { labelOf, referenceOf } from '../store/reference.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 10, 20)
const SPAN = 3 * DAY
const HOURS = { bucket: 'hour', by: 'none', timeZone: 'UTC' } as const

const COLUMNS: Record<BreakdownBy, Label | 'user'> = {
  app: 'app',
  appType: 'app_type',
  provider: 'provider',
  model: 'model',
  environment: 'environment',
  errorType: 'error_type',
  user: 'user',
}

function matches(call: NewCall, { from, to, ...wanted }: CallFilter): boolean {
  const labels = { ...wanted, user: wanted.userId, userId: undefined }
  return (
    call.startedAt >= from &&
    call.startedAt < to &&
    Object.entries(labels).every(
      ([name, value]) => value === undefined || labelOf(call, COLUMNS[name as BreakdownBy]) === value,
    )
  )
}

/** Of ratings, the share of those that are 4 or 5. */
function satisfactionOf(ratings: readonly number[]): number | null {
  return ratings.length === 0 ? null : ratings.filter((rating) => rating >= 4).length / ratings.length
}

/** What the contract says of calls, from the plain calculation. */
function expectedOf(calls: readonly NewCall[]): Omit<Summary, 'activeUsers' | 'sessions' | 'satisfaction'> {
  const { sums, p50Us, p95Us, p99Us } = referenceOf(calls)
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  const toMs = (us: number | null) => (us === null ? null : us / 1000)
  return {
    requests: sums.requests,
    success: sums.requests - sums.errors,
    errors: sums.errors,
    successRate: ratio(sums.requests - sums.errors, sums.requests),
    avgDurationMs: toMs(ratio(sums.duration_us, sums.finished_requests)),
    p50Ms: toMs(p50Us),
    p95Ms: toMs(p95Us),
    p99Ms: toMs(p99Us),
    avgTtftMs: toMs(ratio(sums.ttft_us, sums.ttft_requests)),
    tokensPerSecond: ratio(sums.generated_tokens, sums.generation_us / 1e6),
    inputTokens: sums.input_tokens,
    outputTokens: sums.output_tokens,
    cachedInputTokens: sums.cached_input_tokens,
    reasoningTokens: sums.reasoning_tokens,
    totalTokens: sums.total_tokens,
    costNanos: sums.cost_nanos,
    currency: 'USD',
    unpricedRequests: sums.unpriced_requests,
  }
}

const label = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 })
const labels: fc.Arbitrary<Omit<CallFilter, 'from' | 'to'>> = fc.record({
  app: label('checkout-bot', '客服', 'nobody'),
  appType: label('CASE_GENERATION', 'CHAT', ''),
  provider: label('openai', ''),
  model: label('gpt-4o', 'claude-sonnet-4', ''),
  userId: label(undefined, 'u-1'),
  environment: label('production', ''),
})
const anyLabels = fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, { arbitrary: labels, weight: 3 })
const moment = fc.integer({ min: START - HOUR, max: START + SPAN + HOUR })
const filters = fc
  .tuple(moment, moment, anyLabels)
  .filter(([a, b]) => a !== b)
  .map(([a, b, wanted]): CallFilter => ({ from: Math.min(a, b), to: Math.max(a, b), ...wanted }))

describe('statistics of a few thousand random calls', () => {
  const calls = randomCalls({ count: 4000, seed: 20_261_124, from: START, spanMs: SPAN })
  const arrived = { createdAt: START + SPAN * 2 }
  const feedback = calls
    .filter((_call, index) => index % 3 === 0)
    .map(({ requestId }, index) => makeFeedback({ requestId, rating: (index % 5) + 1, ...arrived }))
  const ratings = new Map(feedback.map(({ requestId, rating }) => [requestId, rating]))
  const ratingsOf = (of: readonly NewCall[]) => of.flatMap(({ requestId }) => ratings.get(requestId) ?? [])
  /** Feedback on calls that never come. */
  const strays = Array.from({ length: 100 }, (_, index) =>
    makeFeedback({ rating: (index % 5) + 1, createdAt: START + (index / 100) * SPAN }),
  )
  const straysIn = ({ from, to, ...wanted }: CallFilter) =>
    strays
      .filter(({ createdAt }) => createdAt >= from && createdAt < to)
      .filter(() => Object.values(wanted).every((value) => value === undefined))
      .map(({ rating }) => rating)
  let dataDir: string
  let store: Store

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'llmops-statistics-'))
    store = await openStore({ dataDir })
    await store.insertFeedback([...strays, ...feedback.slice(0, 500)])
    for (let index = 0; index < calls.length; index += 500)
      await store.insertCalls(calls.slice(index, index + 500))
    await store.insertFeedback(feedback.slice(400))
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

  test('a summary is that of a plain calculation, with the users who were active', async () => {
    let labelledFinds = 0
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const found = calls.filter((call) => matches(call, filter))
        expect(await summarise(store, filter)).toEqual({
          ...expectedOf(found),
          activeUsers: new Set(found.flatMap(({ userId }) => userId ?? [])).size,
          sessions: new Set(found.flatMap(({ sessionId }) => sessionId ?? [])).size,
          satisfaction: satisfactionOf([...ratingsOf(found), ...straysIn(filter)]),
        })
        if (found.length > 0 && filter.model !== undefined) labelledFinds += 1
      }),
      { numRuns: 200 },
    )
    expect(labelledFinds).toBeGreaterThan(10)
  })

  test.each(Object.keys(COLUMNS) as BreakdownBy[])('a breakdown by %s has a row a value', async (by) => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const found = calls.filter((call) => matches(call, filter))
        const groups = Map.groupBy(found, (call) => labelOf(call, COLUMNS[by]))
        // A call without a user or an error is in no row.
        if (by === 'user' || by === 'errorType') groups.delete('')
        const rows = await breakDown(store, { ...filter, by })
        expect(new Map(rows.map(({ key, ...row }) => [key ?? '', row]))).toEqual(
          new Map(
            [...groups].map(([key, group]) => [
              key,
              { ...expectedOf(group), satisfaction: satisfactionOf(ratingsOf(group)) },
            ]),
          ),
        )
        const counts = rows.map(({ requests }) => requests)
        expect(counts).toEqual(counts.toSorted((a, b) => b - a))
      }),
      { numRuns: 20 },
    )
  })

  test.each(['none', 'model', 'app', 'user'] as const)(
    'a series by %s has a point for every bucket that the range touches, each right',
    async (by) => {
      await fc.assert(
        fc.asyncProperty(filters, async (filter) => {
          const { bucketMs, series } = await seriesOf(store, { ...filter, ...HOURS, by })
          expect(bucketMs).toBe(HOUR)
          const found = calls.filter((call) => matches(call, filter))
          const groups = Map.groupBy(found, (call) => (by === 'none' ? '' : labelOf(call, by)))
          if (by === 'user') groups.delete('')
          if (by === 'none') groups.set('', found)
          expect(series.map(({ key }) => key ?? '').sort()).toEqual([...groups.keys()].sort())
          for (const { key, points } of series) {
            expect(points[0]?.t).toBe(Math.floor(filter.from / HOUR) * HOUR)
            expect(points.at(-1)?.t).toBe(Math.floor((filter.to - 1) / HOUR) * HOUR)
            for (const { t, satisfaction, ...measures } of points) {
              const inBucket = (groups.get(key ?? '') ?? []).filter(
                (call) => call.startedAt >= t && call.startedAt < t + HOUR,
              )
              expect(expectedOf(inBucket)).toMatchObject(measures)
              // The range begins and ends within buckets.
              const bucket = { ...filter, from: Math.max(t, filter.from), to: Math.min(t + HOUR, filter.to) }
              expect(satisfaction).toBe(
                by === 'none' ? satisfactionOf([...ratingsOf(inBucket), ...straysIn(bucket)]) : undefined,
              )
            }
          }
        }),
        { numRuns: 10 },
      )
    },
  )
})

describe('a range without calls', () => {
  test('has zeros, and null where there is nothing to divide by', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    expect(await summarise(store, { from: START, to: START + DAY })).toEqual({
      ...expectedOf([]),
      activeUsers: 0,
      sessions: 0,
      satisfaction: null,
    })
    const { series } = await seriesOf(store, {
      from: START,
      to: START + 2 * MINUTE,
      ...HOURS,
      bucket: 'minute',
    })
    const empty = {
      requests: 0,
      success: 0,
      errors: 0,
      avgDurationMs: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      avgTtftMs: null,
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
      totalTokens: 0,
      costNanos: 0,
      satisfaction: null,
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

describe('compareWithPrevious', () => {
  test('sets a range beside the one of equal length that ends where it begins', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    await store.insertCalls(
      [-21, -20, -1, 0, 19, 20].map((offset) => makeCall({ startedAt: START + offset, app: 'shop' })),
    )
    await store.insertCalls([makeCall({ startedAt: START, app: 'other' })])
    expect(await compareWithPrevious(store, { from: START, to: START + 20, app: 'shop' })).toMatchObject({
      current: { requests: 2 },
      previous: { requests: 2 },
      previousFrom: START - 20,
    })
  })
})

describe('topCalls', () => {
  test('names no call twice, none that does not tell its cost, and the last of equal ones first', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const costs = [5, null, 9, 5, 0]
    await store.insertCalls(
      costs.map((costNanos, index) => makeCall({ requestId: `c-${index}`, startedAt: START, costNanos })),
    )
    const top = await topCalls(store, { from: START, to: START + DAY, by: 'cost', limit: 3 })
    expect(top.map(({ requestId }) => requestId)).toEqual(['c-2', 'c-3', 'c-0'])
  })
})

describe('seriesOf', () => {
  test('refuses more points than its limit, and gives exactly as many', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const longest = LIMITS.pointsPerAnswer * MINUTE
    const { series } = await seriesOf(store, { from: START, to: START + longest, ...HOURS, bucket: 'minute' })
    expect(series[0]?.points).toHaveLength(LIMITS.pointsPerAnswer)
    await expect(
      seriesOf(store, { from: START, to: START + longest + 1, ...HOURS, bucket: 'minute' }),
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
