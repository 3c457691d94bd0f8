import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../../src/main/store/call.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import type { CostScope } from '../../../../src/main/store/queries/sum-costs.ts'
import { sumCosts } from '../../../../src/main/store/queries/sum-costs.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { anyCall, makeCall } from '../make-call.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SPAN = 3 * DAY
/** Data sets lie apart in time, so that one database holds them all. */
const APART = 10 * DAY
const START = Date.UTC(2020, 0, 1)

/** What happens to the store besides new calls. */
type Event = NewCall[] | { costNanos: number | null } | 'catch up'

const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array(anyCall({ from: 0, spanMs: SPAN }), { maxLength: 12 }) },
    { weight: 2, arbitrary: fc.constant<Event>('catch up') },
    // Prices changed: some calls cost something else.
    { weight: 1, arbitrary: fc.record({ costNanos: fc.option(fc.nat(1_000_000), { nil: null }) }) },
  ),
  { minLength: 1, maxLength: 6 },
)
const optional = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const scopes: fc.Arbitrary<CostScope[]> = fc.array(
  fc.record({
    app: optional('checkout-bot', '客服', 'nobody’s'),
    model: optional('gpt-4o', ''),
    userId: optional('u-1', 'nobody'),
  }),
  { minLength: 1, maxLength: 5 },
)
// Mostly where periods begin, sometimes anywhere.
const moment = fc.oneof(
  fc.integer({ min: -1, max: SPAN / HOUR + 1 }).map((hours) => hours * HOUR),
  fc.integer({ min: -1, max: SPAN / DAY }).map((days) => days * DAY + 30 * MINUTE),
  fc.integer({ min: -HOUR, max: SPAN + HOUR }),
)

const ranges = fc.tuple(moment, moment).filter(([a, b]) => a !== b)

function openDatabase() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  // Nothing here is about what survives a power cut.
  database.sqlite.pragma('synchronous = OFF')
  return database
}

test('sums of many scopes are those of a plain addition', { timeout: 120_000 }, async () => {
  const database = openDatabase()
  await migrateToLatest(database)
  const { follower, inserter, repricer } = createWriters(database)
  const idOf = database.sqlite
    .prepare<[string], number>('select id from app_log where request_id = ?')
    .pluck()
  let set = 0
  fc.assert(
    fc.property(events, scopes, ranges, (happened, asked, ends) => {
      set += 1
      const start = START + set * APART
      const stored: NewCall[] = []
      for (const event of happened) {
        if (event === 'catch up') follower.catchUp(7)
        else if (Array.isArray(event)) {
          const calls = event.map((call, index) => ({
            ...call,
            requestId: `${set}-${stored.length + index}`,
            startedAt: call.startedAt + start,
          }))
          inserter.insert([calls])
          stored.push(...calls)
        } else {
          const changed = stored.filter((_call, index) => index % 3 === 0)
          const { costNanos } = event
          repricer.reprice(
            changed.map(({ requestId }) => ({
              id: idOf.get(requestId) ?? 0,
              costNanos,
              costConfigId: 'own',
            })),
          )
          for (const call of changed) call.costNanos = costNanos
        }
      }
      const from = start + Math.min(...ends)
      const to = start + Math.max(...ends)
      const answers = sumCosts(database, { from, to, scopes: asked })
      asked.forEach(({ app, model, userId }, index) => {
        const calls = stored.filter(
          (call) =>
            call.startedAt >= from &&
            call.startedAt < to &&
            (app === undefined || call.app === app) &&
            (model === undefined || (call.model ?? call.requestModel ?? '') === model) &&
            (userId === undefined || call.userId === userId),
        )
        const costs = calls.flatMap(({ costNanos }) => costNanos ?? [])
        expect(answers[index]).toMatchObject({
          requests: calls.length,
          unpricedRequests: calls.length - costs.length,
          costNanos: costs.reduce((sum, cost) => sum + cost, 0),
        })
        const firstStart = answers[index]?.firstStart ?? null
        if (calls.length === 0) expect(firstStart).toBeNull()
        else {
          const first = Math.min(...calls.map(({ startedAt }) => startedAt))
          expect(firstStart).toBeLessThanOrEqual(first)
          expect(firstStart).toBeGreaterThan(first - DAY)
        }
      })
      if (set % 50 === 0) while (follower.catchUp(1_000) > 0);
    }),
    { numRuns: 300 },
  )
})

test.each(['followed', 'not followed'])(
  'a range begins with its first moment and ends before its last, with calls that are %s',
  async (how) => {
    const database = openDatabase()
    await migrateToLatest(database)
    const { follower, inserter } = createWriters(database)
    const [from, to] = [START + 7, START + 2 * DAY + 7 * HOUR + 7]
    const moments = [from - 1, from, START + DAY, to - 1, to]
    inserter.insert([moments.map((startedAt) => makeCall({ startedAt, userId: 'u-1', costNanos: 5 }))])
    if (how === 'followed') while (follower.catchUp(1_000) > 0);
    const scopes = [{}, { app: 'checkout-bot' }, { userId: 'u-1' }]
    const within = { requests: 3, costNanos: 15 }
    expect(sumCosts(database, { from, to, scopes })).toMatchObject([within, within, within])
  },
)

test('periods that begin with five minutes are read from rollups alone, users’ with what is theirs', async () => {
  const database = openDatabase()
  await migrateToLatest(database)
  const { follower, inserter } = createWriters(database)
  const calls = Array.from({ length: 50 }, (_, index) =>
    makeCall({ startedAt: START + index * HOUR, userId: `u-${index % 5}`, costNanos: 7 }),
  )
  inserter.insert([calls])
  while (follower.catchUp(1_000) > 0);
  // Whoever looked at the calls would find none.
  database.sqlite.exec('update app_log set started_at = 0')
  const range = { from: START + 30 * MINUTE, to: START + 3 * DAY + 5 * MINUTE }
  expect(sumCosts(database, { ...range, scopes: [{}, { app: 'checkout-bot' }] })).toMatchObject([
    { requests: 49, costNanos: 49 * 7 },
    { requests: 49, costNanos: 49 * 7 },
  ])
  const days = { from: START, to: START + 3 * DAY }
  expect(sumCosts(database, { ...days, scopes: [{ userId: 'u-1' }] })).toMatchObject([{ requests: 10 }])
  const plan = database.sqlite
    .prepare(
      `explain query plan select total(cost_nanos) from user_rollup_day
        where day_start in (1, 2, 3) and user_key = (select id from user where name = 'u-1')`,
    )
    .all()
  expect(JSON.stringify(plan)).toContain('(day_start=? AND user_key=?)')
})
