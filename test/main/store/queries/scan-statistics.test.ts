import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { HISTOGRAM_RELATIVE_ERROR } from '../../../../src/main/store/duration-histogram.ts'
import { LABELS } from '../../../../src/main/store/label-sets.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { forEachPair } from '../../../../src/main/store/packed-pairs.ts'
import { countPresent } from '../../../../src/main/store/queries/count-present.ts'
import type { StatisticsRequest } from '../../../../src/main/store/queries/scan-statistics.ts'
import { scanStatistics } from '../../../../src/main/store/queries/scan-statistics.ts'
import { topCalls } from '../../../../src/main/store/queries/top-calls.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { anyCall, makeCall } from '../make-call.ts'
import { labelOf, referenceOf } from '../reference.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SPAN = 3 * DAY
/** Data sets lie apart in time, so that one database holds them all. */
const APART = 10 * DAY
const START = Date.UTC(2020, 0, 1)
const DATA_SETS = 1_000
/** So few that calls which leave take others' places. */
const TOP_CALLS = 3
// What multiplying floating-point numbers may change.
const ROUNDING = 1e-9

const ALIKE = {
  app: 'checkout-bot',
  appType: 'CHAT',
  provider: 'openai',
  model: 'gpt-4o',
  environment: 'production',
  status: 'ok',
} as const

/** What happens to the store. */
type Event =
  | {
      calls: NewCall[]
      repeated: number
      areAlike: boolean
      spans: 'none' | 'parents first' | 'children first'
    }
  | { costNanos: number | null }
  | { deleteEvery: number }
  | 'catch up'
  | 'rebuild'

const events = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        calls: fc.array(anyCall({ from: 0, spanMs: SPAN }), { minLength: 1, maxLength: 12 }),
        repeated: fc.nat(3),
        areAlike: fc.boolean(),
        spans: fc.constantFrom('none', 'none', 'none', 'none', 'parents first', 'children first'),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Event>('catch up') },
    { weight: 1, arbitrary: fc.constant<Event>('rebuild') },
    // Prices changed: some calls cost something else.
    { weight: 2, arbitrary: fc.record({ costNanos: fc.option(fc.nat(1_000_000), { nil: null }) }) },
    { weight: 2, arbitrary: fc.record({ deleteEvery: fc.integer({ min: 1, max: 4 }) }) },
  ),
  { minLength: 2, maxLength: 8 },
)

// Sometimes exactly on hours and days, mostly cutting them.
const moment = fc.oneof(
  fc.integer({ min: -HOUR, max: SPAN + HOUR }),
  fc.integer({ min: -1, max: SPAN / HOUR + 1 }).map((hours) => hours * HOUR),
  fc.integer({ min: 0, max: SPAN / DAY }).map((days) => days * DAY),
)
const label = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 })
const questions = fc.record({
  ends: fc.tuple(moment, moment).filter(([a, b]) => a !== b),
  labels: fc.record({
    app: label('checkout-bot', '客服'),
    app_type: label('CHAT', ''),
    provider: label('openai', ''),
    model: label('gpt-4o', ''),
    environment: label('production', ''),
    error_type: label('timeout', '_OTHER', ''),
  }),
  hasLabels: fc.boolean(),
  userId: label(undefined, undefined, 'u-1', 'nobody'),
  groupBy: fc.constantFrom<StatisticsRequest['groupBy'][]>(null, null, 'user', 'user', 'user', ...LABELS),
  width: fc.constantFrom(null, null, 7 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY),
  // As in a time zone that is not whole hours away.
  offset: fc.constantFrom(0, 30 * MINUTE, 8 * HOUR),
  isExact: fc.boolean(),
})

interface PresenceRow {
  kind: number
  level: number
  bucket_start: number
  label_set_id: number
  counts: Uint8Array
}

/** Two rollups, or two answers, that should be the same. */
function contentOf({ sqlite }: OpenDatabase): unknown {
  const statements = ['user', 'session'].map((table) =>
    sqlite.prepare(`select name from ${table} where id = ?`).pluck(),
  )
  const nameOf = (kind: number, key: number) => statements[kind]?.get(key)
  return {
    calls: sqlite
      .prepare(
        `select level, bucket_start, label_set_id, quote(duration_histogram) as histogram, * from call_rollup order by 1, 2, 3`,
      )
      .all(),
    users: sqlite
      .prepare(
        `select name, day_start, label_set_id, quote(duration_histogram) as histogram, requests, errors, duration_us,
           input_tokens, output_tokens, total_tokens, cost_nanos
         from user_rollup_day join user on user.id = user_key order by 1, 2, 3`,
      )
      .all(),
    names: ['user', 'session'].map((table) =>
      sqlite.prepare(`select name, calls from ${table} order by 1`).all(),
    ),
    present: sqlite
      .prepare<[], PresenceRow>('select * from presence order by 1, 2, 3, 4')
      .all()
      .map(({ counts, ...place }) => {
        // Numbers are given out in another order when all is made anew.
        const names = new Map<unknown, number>()
        forEachPair(counts, (key, count) => names.set(nameOf(place.kind, key), count))
        return { ...place, names }
      }),
    top: sqlite.prepare('select *, quote(calls) as calls from top_call order by 1, 2, 3, 4').all(),
    userCalls: sqlite
      .prepare(
        'select name, started_at, app_log_id from user_call join user on user.id = user_key order by 1, 2, 3',
      )
      .all(),
  }
}

test(
  `${DATA_SETS} random data sets and questions: what is kept agrees with a plain calculation, and with what is made anew`,
  { timeout: 300_000 },
  async () => {
    const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
    onTestFinished(() => void database.sqlite.close())
    // Nothing here is about what survives a power cut.
    database.sqlite.pragma('synchronous = OFF')
    await migrateToLatest(database)
    const { deleter, inserter, follower, rebuilder, repricer } = createWriters(database, {
      topCalls: TOP_CALLS,
    })
    const idOf = database.sqlite
      .prepare<[string], number>('select id from app_log where request_id = ?')
      .pluck()
    const isStep = database.sqlite
      .prepare<[number, number], [string, number]>(
        'select request_id, is_step from app_log where started_at >= ? and started_at < ?',
      )
      .raw()
    let set = 0
    const found = { grouped: 0, rolledUp: 0, byUser: 0, steps: 0, deleted: 0, ranked: 0, refilled: 0 }

    const expectPresentAndTop = (calls: readonly NewCall[], request: StatisticsRequest, exactMax: number) => {
      const distinct = (names: readonly (string | null)[]) => new Set(names.filter(Boolean)).size
      expect(countPresent(database, request, exactMax)).toEqual({
        users: distinct(calls.map((call) => call.userId)),
        sessions: distinct(calls.map((call) => call.sessionId)),
      })
      for (const [by, field] of [
        ['duration', 'durationUs'],
        ['cost', 'costNanos'],
      ] as const) {
        const ranked = calls
          .flatMap((call) =>
            call[field] === null ? [] : [{ value: call[field], id: idOf.get(call.requestId) ?? 0 }],
          )
          .sort((a, b) => b.value - a.value || b.id - a.id)
        const top = topCalls(database, { ...request, by, limit: TOP_CALLS }, exactMax)
        expect(top.map(({ id }) => id)).toEqual(ranked.slice(0, TOP_CALLS).map(({ id }) => id))
        if (exactMax === 0 && ranked.length > TOP_CALLS) found.ranked += 1
      }
    }
    const ask = (
      stored: readonly NewCall[],
      start: number,
      question: typeof questions extends fc.Arbitrary<infer Q> ? Q : never,
    ) => {
      const { ends, labels, hasLabels, userId, groupBy, width, offset, isExact } = question
      const from = start + Math.min(...ends)
      const to = start + Math.max(...ends)
      const edges = width === null ? null : edgesOf(from, to, width, offset)
      const wanted: StatisticsRequest['labels'] = hasLabels ? labels : {}
      const request: StatisticsRequest = { from, to, labels: wanted, userId, edges, groupBy }
      const isAsked = (call: NewCall) =>
        call.startedAt >= from &&
        call.startedAt < to &&
        LABELS.every((name) => wanted[name] === undefined || labelOf(call, name) === wanted[name]) &&
        (userId === undefined || call.userId === userId)
      const matching = stored.filter((call) => isAsked(call) && (groupBy !== 'user' || call.userId !== null))
      const exactCallsMax = isExact ? Infinity : 0
      const expected = Map.groupBy(matching, (call) => {
        const t = edges?.findLast((edge) => edge <= call.startedAt) ?? from
        return JSON.stringify([groupBy === null ? '' : labelOf(call, groupBy), t])
      })
      // By user, there are rollups of days only.
      const usesRollups = !isExact && userId === undefined && (groupBy !== 'user' || edges === null)
      if (groupBy === 'user' && edges !== null) return
      const answers = scanStatistics(database, request, exactCallsMax)
      expect(answers.map(({ key, t }) => JSON.stringify([key, t])).sort()).toEqual(
        [...expected.keys()].sort(),
      )
      for (const { key, t, sums, ...percentiles } of answers) {
        const reference = referenceOf(expected.get(JSON.stringify([key, t])) ?? [])
        expect(sums).toEqual({ ...reference.sums })
        for (const name of ['p50Us', 'p95Us', 'p99Us'] as const) {
          expectWithin(percentiles[name], reference[name], usesRollups ? HISTOGRAM_RELATIVE_ERROR : 0)
        }
      }
      expectPresentAndTop(stored.filter(isAsked), request, exactCallsMax)
      if (answers.length > 1) found.grouped += 1
      if (usesRollups && answers.length > 0) found.rolledUp += 1
      if (groupBy === 'user' && answers.length > 0) found.byUser += 1
    }

    fc.assert(
      fc.property(events, fc.array(questions, { minLength: 1, maxLength: 3 }), (happened, asked) => {
        set += 1
        const start = START + set * APART
        let stored: NewCall[] = []
        let sent = 0
        const days = () => Array.from({ length: SPAN / DAY }, (_, day) => start + day * DAY)
        for (const event of happened) {
          if (event === 'catch up') {
            follower.catchUp(15)
            if (follower.refill() !== null) found.refilled += 1
          } else if (event === 'rebuild') for (const day of days()) rebuilder.rebuildDay(day)
          else if ('costNanos' in event) {
            const { costNanos } = event
            const changed = stored.filter((_call, index) => index % 3 === 0)
            repricer.reprice(
              changed.map(({ requestId }) => ({
                id: idOf.get(requestId) ?? 0,
                costNanos,
                costConfigId: 'own',
              })),
            )
            // Steps have no part in costs, so theirs do not matter.
            for (const call of changed) call.costNanos = costNanos
          } else if ('deleteEvery' in event) {
            const isKept = (_call: NewCall, index: number) => index % event.deleteEvery !== 0
            const leaving = stored.filter((call, index) => !isKept(call, index))
            expect(deleter.delete([...leaving.map(({ requestId }) => idOf.get(requestId) ?? 0), -1])).toBe(
              leaving.length,
            )
            stored = stored.filter(isKept)
            found.deleted += leaving.length
          } else {
            const calls = event.calls.map((call) => {
              sent += 1
              return {
                ...call,
                requestId: `${set}-s${sent}`,
                startedAt: call.startedAt + start,
                // Many calls of one label set and hour, as a busy app makes them.
                ...(event.areAlike ? { ...ALIKE, startedAt: start + (call.startedAt % (2 * HOUR)) } : {}),
                ...(event.spans === 'none' ? {} : spanOf(set, sent, event.spans, call)),
              }
            })
            inserter.insert([
              calls,
              calls.slice(0, event.repeated).map((call) => ({ ...call, durationUs: 1 })),
            ])
            stored.push(...calls)
          }
        }
        const places = new Map(isStep.all(start, start + SPAN))
        expect([...places.keys()].sort()).toEqual(stored.map(({ requestId }) => requestId).sort())
        const counted = stored.filter(({ requestId }) => places.get(requestId) === 0)
        found.steps += stored.length - counted.length
        for (const question of asked) ask(counted, start, question)
        // Mostly what follows begins with the next data set, sometimes far behind it.
        if (set % 5 !== 0) {
          while (follower.catchUp(1_000) > 0);
          while (follower.refill() !== null) found.refilled += 1
        }
      }),
      { numRuns: DATA_SETS },
    )
    expect(Math.min(...Object.values(found))).toBeGreaterThan(0)

    while (follower.catchUp(1_000) > 0);
    while (follower.refill() !== null);
    const kept = contentOf(database)
    rebuilder.rebuildAll()
    follower.clear()
    while (follower.catchUp(1_000) > 0);
    expect(contentOf(database)).toEqual(kept)
  },
)

test.each(['followed', 'not followed'])(
  'a range begins with its first moment and ends before its last, with calls that are %s',
  async (how) => {
    const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
    onTestFinished(() => void database.sqlite.close())
    await migrateToLatest(database)
    const { inserter, follower } = createWriters(database)
    const [from, to] = [START + 7, START + 2 * DAY + 7 * HOUR + 7]
    const moments = [from - 1, from, START + DAY, to - 1, to]
    inserter.insert([moments.map((startedAt) => makeCall({ startedAt, userId: 'u-1', sessionId: 's-1' }))])
    if (how === 'followed') while (follower.catchUp(1_000) > 0);
    const requests = (question: Partial<StatisticsRequest>, exactCallsMax: number) =>
      scanStatistics(
        database,
        { from, to, labels: {}, edges: null, groupBy: null, ...question },
        exactCallsMax,
      ).map(({ sums }) => sums.requests)
    for (const exactCallsMax of [0, Infinity]) {
      expect(requests({}, exactCallsMax)).toEqual([3])
      expect(requests({ userId: 'u-1' }, exactCallsMax)).toEqual([3])
      expect(requests({ groupBy: 'user' }, exactCallsMax)).toEqual([3])
    }
  },
)

/** A part of the one trace of its data set, a long chain, whose inner spans may take the place of the outer ones. */
function spanOf(set: number, number: number, order: 'parents first' | 'children first', call: NewCall) {
  return {
    traceId: String(set),
    spanId: `s${number}`,
    parentSpanId: `s${order === 'parents first' ? number - 1 : number + 1}`,
    usageSource: call.inputTokens === null ? null : ('reported' as const),
  }
}

function edgesOf(from: number, to: number, width: number, offset: number): number[] {
  const edges: number[] = []
  for (let edge = Math.floor((from - offset) / width) * width + offset; edge < to; edge += width)
    edges.push(edge)
  return edges
}

function expectWithin(actual: number | null, expected: number | null, relativeError: number): void {
  if (expected === null || actual === null) expect(actual).toBe(expected)
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected * (relativeError + ROUNDING))
}
