import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, Metric } from '#shared/contract/alerts/rules.ts'
import { METRICS, newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { ArrivalFollower } from '../../../../src/main/store/alerts/arrival-follower.ts'
import { measureRules, reachOf } from '../../../../src/main/store/alerts/measure-rules.ts'
import type { MeasuredRule, MeasureRequest } from '../../../../src/main/store/alerts/rule-readings.ts'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { anyCall, makeCall } from '../make-call.ts'
import { nearestRank } from '../nearest-rank.ts'
import { openDatabase } from './open-database.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)
/** Between two data sets: comparisons with last week must not find the other's calls. */
const APART = 20 * DAY
const DATA_SETS = 400

const OF_CALLS = METRICS.filter((metric) => !metric.startsWith('feedback') && metric !== 'budgetUsedPercent')

const labelFilter = (...values: string[]) =>
  fc.option(fc.subarray(values, { minLength: 1 }), { nil: undefined, freq: 1 })
const conditions = fc
  .record({
    metric: fc.constantFrom(...OF_CALLS),
    comparison: fc.constantFrom('gt', 'gte', 'lt', 'lte'),
    threshold: fc.constantFrom(0, 0.25, 0.5, 1, 2, 5, 100, 50_000),
    windowMinutes: fc.constantFrom(1, 5, 60, 24 * 60),
    compareTo: fc.option(fc.constantFrom('yesterday', 'lastWeek'), { nil: undefined, freq: 3 }),
    errorType: fc.option(fc.constant('timeout'), { nil: undefined, freq: 3 }),
  })
  .map((condition): Condition => condition as Condition)
const rules = fc
  .record({
    match: fc.constantFrom('all', 'any'),
    conditions: fc.array(conditions, { minLength: 1, maxLength: 3 }),
    filter: fc.record({
      app: labelFilter('checkout-bot', '客服'),
      model: labelFilter('gpt-4o', 'claude-sonnet-4'),
      userId: labelFilter('u-1', '用户-3'),
    }),
    hasFilter: fc.boolean(),
    splitBy: fc.constantFrom('none', 'app', 'model', 'user'),
    minSamples: fc.nat(3),
    noData: fc.constantFrom('ok', 'alert', 'keep'),
  })
  .map(({ hasFilter, filter, ...rule }): MeasuredRule =>
    newAlertRuleSchema.parse({ name: 'r', ...rule, filter: hasFilter ? filter : {} }),
  )

/** A call that arrives some time before or soon after the question, mostly at once, sometimes late. */
const arrivals = fc.array(
  fc.record({
    call: anyCall({ from: 0, spanMs: 1 }),
    ago: fc.oneof(fc.integer({ min: -MINUTE, max: 6 * MINUTE }), fc.integer({ min: 0, max: 25 * HOUR })),
    late: fc.oneof(
      { weight: 5, arbitrary: fc.nat(1_000) },
      { weight: 2, arbitrary: fc.nat(30 * MINUTE) },
      { weight: 1, arbitrary: fc.nat(30 * HOUR) },
    ),
    before: fc.constantFrom(0, 0, 0, DAY, 7 * DAY),
  }),
  { maxLength: 25 },
)

const labelOf = (call: NewCall, label: 'app' | 'model' | 'userId') =>
  (label === 'model' ? (call.model ?? call.requestModel) : call[label]) ?? ''

/** The metric by its definition; sums are 0 and all else null without calls. */
function metricOf(calls: readonly NewCall[], metric: Metric, errorType: string | undefined): number | null {
  const sum = (value: (call: NewCall) => number | null) =>
    calls.reduce((total, call) => total + (value(call) ?? 0), 0)
  const durations = calls.flatMap(({ durationUs }) => durationUs ?? []).map((us) => us / 1_000)
  const ttfts = calls.flatMap(({ ttftUs }) => ttftUs ?? []).map((us) => us / 1_000)
  const errors = calls.filter(({ status }) => status === 'error')
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  switch (metric) {
    case 'failureRate':
      return share(errors.length, calls.length)
    case 'durationAvgMs':
      return share(
        durations.reduce((total, ms) => total + ms, 0),
        durations.length,
      )
    case 'durationP50Ms':
      return nearestRank(durations, 0.5)
    case 'durationP95Ms':
      return nearestRank(durations, 0.95)
    case 'durationP99Ms':
      return nearestRank(durations, 0.99)
    case 'ttftP95Ms':
      return nearestRank(ttfts, 0.95)
    case 'requests':
      return calls.length
    case 'errors':
      return errors.filter((call) => errorType === undefined || call.errorType === errorType).length
    case 'totalTokens':
      return sum(({ totalTokens }) => totalTokens)
    case 'cost':
      return sum(({ costNanos }) => costNanos) / 1e9
    case 'costPerUser': {
      const named = calls.filter(({ userId }) => userId !== null)
      const users = new Set(named.map(({ userId }) => userId)).size
      return share(named.reduce((total, { costNanos }) => total + (costNanos ?? 0), 0) / 1e9, users)
    }
    case 'unpricedRequests':
      return calls.filter(({ costNanos }) => costNanos === null).length
    case 'budgetUsedPercent':
    case 'feedbackAverage':
    case 'feedbackNegativeRate':
      // Not of calls: tested by themselves.
      throw new Error(metric)
  }
}

const IS_SUM = new Set<Metric>(['requests', 'errors', 'totalTokens', 'cost', 'unpricedRequests'])

/** What a rule says, from the calls themselves. */
function reference(stored: readonly NewCall[], rule: MeasuredRule, at: number, upSince: number) {
  const { app, model, userId } = rule.filter
  const counted = stored.filter(
    (call) =>
      !call.isStep &&
      (app?.includes(call.app) ?? true) &&
      (model?.includes(labelOf(call, 'model')) ?? true) &&
      (userId?.includes(labelOf(call, 'userId')) ?? true) &&
      (rule.splitBy !== 'user' || call.userId !== null),
  )
  const label = rule.splitBy === 'user' ? 'userId' : rule.splitBy
  const keyOf = (call: NewCall) => (label === 'none' ? '' : labelOf(call, label))
  const arrivedIn = (ms: number) =>
    counted.filter(
      ({ arrivedAt, startedAt }) =>
        arrivedAt >= at - ms && arrivedAt < at && startedAt >= at - ms - 15 * MINUTE,
    )
  const startedIn = (from: number, to: number) =>
    counted.filter(({ startedAt }) => startedAt >= from && startedAt < to)
  const judge = (key: string, condition: Condition): boolean | null => {
    const { metric, comparison, threshold, windowMinutes, compareTo, errorType } = condition
    const lengthMs = windowMinutes * MINUTE
    const calls = arrivedIn(lengthMs).filter((call) => keyOf(call) === key)
    const now = metricOf(calls, metric, errorType)
    const isCovered = upSince <= at - lengthMs
    let value = now
    if (compareTo !== undefined) {
      const to = at - (compareTo === 'yesterday' ? DAY : 7 * DAY)
      const before = metricOf(
        startedIn(to - lengthMs, to).filter((call) => keyOf(call) === key),
        metric,
        errorType,
      )
      value = before === null || before === 0 || now === null ? null : ((now - before) / before) * 100
    }
    const unclear = rule.noData === 'keep' ? null : false
    if (calls.length === 0 && !isCovered) return null
    if (calls.length === 0 && rule.noData === 'alert') return true
    if (value === null || (calls.length > 0 && calls.length < rule.minSamples)) return unclear
    if (!isCovered && IS_SUM.has(metric) && comparison.startsWith('l')) return null
    return { gt: value > threshold, gte: value >= threshold, lt: value < threshold, lte: value <= threshold }[
      comparison
    ]
  }
  const known = rule.noData === 'alert' ? arrivedIn(DAY).map(keyOf) : []
  const lengths = rule.conditions.map(({ windowMinutes }) => windowMinutes * MINUTE)
  const keys = new Set([
    ...(label === 'none' ? [''] : ['checkout-bot', 'gone']),
    ...known,
    ...lengths.flatMap((ms) => arrivedIn(ms).map(keyOf)),
  ])
  const readings = [...keys].map((key) => {
    const judged = rule.conditions.map((condition) => judge(key, condition))
    const isMet =
      rule.match === 'all'
        ? judged.includes(false)
          ? false
          : judged.includes(null)
            ? null
            : true
        : judged.includes(true)
          ? true
          : judged.includes(null)
            ? null
            : false
    return [key, isMet === null ? 'unknown' : isMet ? 'breached' : 'well'] as const
  })
  const tracked = label === 'none' ? [''] : ['checkout-bot', 'gone']
  return readings.filter(([key, verdict]) => verdict === 'breached' || tracked.includes(key)).sort()
}

function measure(
  database: OpenDatabase,
  follower: ArrivalFollower,
  rule: MeasuredRule,
  at: number,
  upSince: number,
) {
  const label = rule.splitBy
  const tracked = label === 'none' ? [] : [{ [label]: 'checkout-bot' }, { [label]: 'gone' }]
  const request: MeasureRequest = {
    at,
    slotMs: MINUTE,
    upSince,
    rules: [{ ...rule, id: 'r', tracked }],
    budgets: {},
  }
  const [result] = measureRules(database, follower.follow(at, reachOf([rule])), request)
  if (result?.ok !== true) throw new Error(result?.error)
  return result.readings
    .map(({ labels, verdict }) => [Object.values(labels)[0] ?? '', verdict] as const)
    .sort()
}

test(
  `${DATA_SETS} random sets of calls and rules: what is measured agrees with a plain calculation`,
  { timeout: 120_000 },
  async () => {
    const database = await openDatabase()
    const { inserter, repricer } = database.writers
    const idOf = database.sqlite
      .prepare<[string], number>('select id from app_log where request_id = ?')
      .pluck()
    const following = new ArrivalFollower(database, MINUTE)
    const seen = { breached: 0, well: 0, unknown: 0 }
    let set = 0
    fc.assert(
      fc.property(
        arrivals,
        fc.array(rules, { minLength: 1, maxLength: 3 }),
        fc.nat(2 * DAY),
        fc.boolean(),
        (arrived, asked, upForMs, isRepriced) => {
          set += 1
          const at = START + set * APART
          const calls = arrived
            .map(({ call, ago, late, before }, index) => ({
              ...call,
              requestId: `${set}-${index}`,
              arrivedAt: at - ago - before,
              startedAt: at - ago - before - late,
            }))
            .sort((a, b) => a.arrivedAt - b.arrivedAt)
          // In two parts, so that the follower goes on in the middle of them.
          inserter.insert([calls.slice(0, 9)])
          for (const rule of asked) following.follow(at - 2 * MINUTE, reachOf([rule]))
          inserter.insert([calls.slice(9)])
          if (isRepriced) {
            const changed = calls.filter((_call, index) => index % 2 === 0)
            for (const call of changed) call.costNanos = 3_000_000
            repricer.reprice(
              changed.map(({ requestId }) => ({
                id: idOf.get(requestId) ?? 0,
                costNanos: 3_000_000,
                costConfigId: 'own',
              })),
            )
            following.forget()
          }
          for (const rule of asked) {
            const expected = reference(calls, rule, at, at - upForMs)
            expect(measure(database, following, rule, at, at - upForMs)).toEqual(expected)
            expect(measure(database, new ArrivalFollower(database, MINUTE), rule, at, at - upForMs)).toEqual(
              expected,
            )
            for (const [, verdict] of expected) seen[verdict] += 1
          }
        },
      ),
      { numRuns: DATA_SETS },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  },
)

const AT = START + HOUR
const requests = (rule: Partial<MeasuredRule> = {}): MeasuredRule =>
  newAlertRuleSchema.parse({
    name: 'r',
    conditions: [{ metric: 'requests', comparison: 'gte', threshold: 1, windowMinutes: 5 }],
    ...rule,
  })
const valueOf = (database: OpenDatabase, follower: ArrivalFollower, rule = requests(), at = AT) => {
  const request = { at, slotMs: MINUTE, upSince: 0, rules: [{ ...rule, id: 'r', tracked: [] }], budgets: {} }
  const [result] = measureRules(database, follower.follow(at, reachOf([rule])), request)
  return result?.ok === true ? result.readings[0]?.value : result?.error
}

describe('what is counted', () => {
  test.each([
    ['a span', 't-'],
    ['a native call of a trace', 'own-'],
  ])('is taken back of %s that turns out to be a step, whenever that is', async (_what, idPrefix) => {
    const database = await openDatabase()
    const follower = new ArrivalFollower(database, MINUTE)
    const span = (spanId: string, parentSpanId: string | null) =>
      makeCall({
        requestId: idPrefix + spanId,
        traceId: 't',
        spanId,
        parentSpanId,
        usageSource: 'reported',
        arrivedAt: AT - 1,
        startedAt: AT - 1,
      })
    const tokens = requests({
      conditions: [{ metric: 'requests', comparison: 'gte', threshold: 0, windowMinutes: 5 }],
    })
    // The outer ones come first, and are looked at before the inner one comes.
    database.writers.inserter.insert([[span('outer', 'root'), span('root', null)]])
    expect(valueOf(database, follower, tokens)).toBe(1)
    database.writers.inserter.insert([[span('inner', 'outer')]])
    expect(valueOf(database, follower, tokens)).toBe(1)
    database.writers.inserter.insert([[span('beside', 'outer')]])
    expect(valueOf(database, follower, tokens)).toBe(2)
    expect(valueOf(database, new ArrivalFollower(database, MINUTE), tokens)).toBe(2)
  })

  test.each([
    ['minutes', 10 * MINUTE],
    ['hours', 8 * HOUR],
  ])('is what arrives after a clock was put back by %s, too', async (_span, backMs) => {
    const database = await openDatabase()
    const follower = new ArrivalFollower(database, MINUTE)
    const arrive = (arrivedAt: number) =>
      database.writers.inserter.insert([[makeCall({ arrivedAt, startedAt: arrivedAt })]])
    arrive(AT - 1)
    expect(valueOf(database, follower)).toBe(1)
    const back = AT - backMs
    arrive(back - 2 * MINUTE)
    expect(valueOf(database, follower, requests(), back)).toBe(1)
    arrive(back + 1)
    expect(valueOf(database, follower, requests(), back + MINUTE)).toBe(2)
    // And after the clock was put right again.
    expect(valueOf(database, follower, requests(), AT)).toBe(1)
  })

  test('has percentiles within a hundredth when there are many calls, and exact ones when there are few', async () => {
    const database = await openDatabase()
    const durations = Array.from({ length: 5_000 }, (_, index) => 1_000 + index * 7)
    const calls = durations.map((durationUs) =>
      makeCall({ durationUs, ttftUs: durationUs, arrivedAt: AT - 1, startedAt: AT - 1 }),
    )
    database.writers.inserter.insert([calls])
    const follower = new ArrivalFollower(database, MINUTE)
    for (const [metric, share] of [
      ['durationP50Ms', 0.5],
      ['durationP95Ms', 0.95],
      ['durationP99Ms', 0.99],
      ['ttftP95Ms', 0.95],
    ] as const) {
      const rule = requests({ conditions: [{ metric, comparison: 'gt', threshold: 0, windowMinutes: 5 }] })
      const exact = (nearestRank(durations, share) ?? 0) / 1_000
      expect(Math.abs(Number(valueOf(database, follower, rule)) - exact)).toBeLessThan(exact / 100)
      // Old calls are kept smaller, and say the same.
      expect(Math.abs(Number(valueOf(database, follower, rule, AT + 3 * MINUTE)) - exact)).toBeLessThan(
        exact / 100,
      )
    }
  })

  test('of feedback is what came in the window, by the labels of its calls', async () => {
    const database = await openDatabase()
    const { inserter, feedback } = database.writers
    inserter.insert([
      [
        makeCall({ requestId: 'shop', app: 'shop', startedAt: AT - 30 * DAY }),
        makeCall({ requestId: 'mail', app: 'mail', startedAt: AT - 30 * DAY }),
      ],
    ])
    const give = (requestId: string, rating: number, createdAt: number) => ({
      id: `${requestId}-${rating}-${createdAt}`,
      requestId,
      rating,
      comment: null,
      type: null,
      tags: [],
      userId: null,
      source: null,
      createdAt,
      isOwn: false,
    })
    feedback.insert([
      [
        give('shop', 1, AT - 1),
        give('shop', 4, AT - 1),
        give('mail', 5, AT - 1),
        give('unknown', 2, AT - 1),
        give('shop', 1, AT - 6 * MINUTE),
        give('shop', 1, AT),
      ],
    ])
    const follower = new ArrivalFollower(database, MINUTE)
    const of = (metric: 'feedbackAverage' | 'feedbackNegativeRate', rule: Partial<MeasuredRule> = {}) =>
      valueOf(
        database,
        follower,
        requests({ ...rule, conditions: [{ metric, comparison: 'gte', threshold: 0, windowMinutes: 5 }] }),
      )
    expect(of('feedbackAverage')).toBe((1 + 4 + 5 + 2) / 4)
    expect(of('feedbackNegativeRate')).toBe(0.5)
    expect(of('feedbackAverage', { filter: { app: ['shop'] } })).toBe(2.5)
    expect(of('feedbackNegativeRate', { splitBy: 'app', filter: { app: ['mail'] } })).toBe(0)
    expect(of('feedbackAverage', { filter: { app: ['nobody'] } })).toBe(null)
  })

  test('of a budget is what it is told; of one that is gone it cannot be told', async () => {
    const database = await openDatabase()
    const rule = newAlertRuleSchema.parse({
      name: 'r',
      splitBy: 'app',
      conditions: [{ metric: 'budgetUsedPercent', comparison: 'gte', threshold: 80, budgetId: 'month' }],
    })
    const ask = (budgets: Record<string, number>) => {
      const cells = new ArrivalFollower(database, MINUTE).follow(AT, reachOf([rule]))
      const rules = [{ ...rule, id: 'r', tracked: [] }]
      return measureRules(database, cells, { at: AT, slotMs: MINUTE, upSince: 0, rules, budgets })
    }
    expect(ask({ month: 80 })).toMatchObject([
      { ok: true, readings: [{ labels: {}, verdict: 'breached', value: 80 }] },
    ])
    expect(ask({})).toMatchObject([{ ok: false, error: expect.stringContaining('budget') as string }])
  })

  test('of more users than can be told apart says so, for rules that tell them apart only', async () => {
    const database = await openDatabase()
    const follower = new ArrivalFollower(database, MINUTE, { userCellsMax: 2 })
    const calls = ['a', 'b', 'c'].map((userId) => makeCall({ userId, arrivedAt: AT - 1, startedAt: AT - 1 }))
    database.writers.inserter.insert([calls])
    expect(valueOf(database, follower, requests({ splitBy: 'user' }))).toContain('too many users')
    expect(valueOf(database, follower)).toBe(3)
    // Later there are fewer, and it is tried again.
    expect(valueOf(database, follower, requests({ splitBy: 'user' }), AT + 20 * MINUTE)).toBeUndefined()
    database.writers.inserter.insert([
      [makeCall({ userId: 'a', arrivedAt: AT + 20 * MINUTE, startedAt: AT + 20 * MINUTE })],
    ])
    expect(valueOf(database, follower, requests({ splitBy: 'user' }), AT + 21 * MINUTE)).toBe(1)
  })
})
