import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { HISTOGRAM_RELATIVE_ERROR } from '../../../../src/main/store/duration-histogram.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { archiveBlock } from '../../../../src/main/store/queries/archive-block.ts'
import { countPresent } from '../../../../src/main/store/queries/count-present.ts'
import { scanStatistics } from '../../../../src/main/store/queries/scan-statistics.ts'
import { storeSize } from '../../../../src/main/store/queries/store-size.ts'
import { sumCosts } from '../../../../src/main/store/queries/sum-costs.ts'
import type { ArchivedCall } from '../../../../src/main/store/retention/archived-call.ts'
import { topCalls } from '../../../../src/main/store/queries/top-calls.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { anyCall, makeCall } from '../make-call.ts'
import { labelOf, referenceOf } from '../reference.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const DAYS = 3
const START = Date.UTC(2021, 2, 1)
const HISTORIES = 30
const TOP_CALLS = 3
const APPS = ['checkout-bot', 'test-designer', '客服']

type Event =
  | { insert: NewCall[] }
  | { resend: number }
  | { expire: number; app: string | null; limit: number }
  | { restore: number; limit: number }
  | { reprice: number }
  | { remove: number }
  | 'catch up'
  | 'rebuild'

const day = fc.nat(DAYS - 1)
const events = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        insert: fc.array(anyCall({ from: START, spanMs: DAYS * DAY }), { minLength: 1, maxLength: 12 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ resend: fc.integer({ min: 1, max: 4 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        expire: day,
        app: fc.constantFrom(null, ...APPS),
        limit: fc.constantFrom(2, 100),
      }),
    },
    { weight: 3, arbitrary: fc.record({ restore: day, limit: fc.constantFrom(1, 100) }) },
    { weight: 1, arbitrary: fc.record({ reprice: fc.nat(1_000_000) }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.integer({ min: 2, max: 5 }) }) },
    { weight: 2, arbitrary: fc.constant<Event>('catch up') },
    { weight: 2, arbitrary: fc.constant<Event>('rebuild') },
  ),
  { minLength: 6, maxLength: 16 },
)

/** Whatever chance brings, one history goes the whole way. */
const WHOLE_WAY: Event[] = [
  { insert: [makeCall({ requestId: 'one', startedAt: START })] },
  { resend: 1 },
  { expire: 0, app: null, limit: 100 },
  { restore: 0, limit: 100 },
]

test(
  `${HISTORIES} random histories of calls that come, come late or again, go because of their age and come back: what is counted stays as it is`,
  { timeout: 300_000 },
  async () => {
    const found = { gone: 0, restored: 0, duplicates: 0, frozen: 0, late: 0 }
    await fc.assert(
      fc.asyncProperty(events, async (happened) => {
        const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
        try {
          database.sqlite.pragma('synchronous = OFF')
          await migrateToLatest(database)
          await replay(database, happened, found)
        } finally {
          database.sqlite.close()
        }
      }),
      { numRuns: HISTORIES, examples: [[WHOLE_WAY]] },
    )
    expect(Math.min(found.gone, found.restored, found.duplicates)).toBeGreaterThan(0)
  },
)

async function replay(
  database: OpenDatabase,
  happened: readonly Event[],
  found: Record<'gone' | 'restored' | 'duplicates' | 'frozen' | 'late', number>,
): Promise<void> {
  const writers = createWriters(database, { topCalls: TOP_CALLS })
  const { deleter, expirer, follower, inserter, rebuilder, repricer, restorer } = writers
  const rows = () =>
    new Map(database.sqlite.prepare<[], [string, number]>('select request_id, id from app_log').raw().all())
  /** What statistics hold: calls that are there, and calls that are gone. */
  let counted: NewCall[] = []
  const archived = new Map<string, ArchivedCall>()
  const isFrozen = (time: number) =>
    database.sqlite.prepare('select 1 from frozen_day where day_start = ?').get(time - (time % DAY)) !==
    undefined
  for (const event of happened) {
    if (event === 'catch up') {
      follower.catchUp(7)
      follower.refill()
    } else if (event === 'rebuild') {
      rebuilder.rebuildAll()
      follower.clear()
    } else if ('insert' in event) {
      found.late += event.insert.filter(({ startedAt }) => isFrozen(startedAt)).length
      const [result] = inserter.insert([event.insert])
      expect(result).toMatchObject({ ok: true, outcome: { duplicateIndexes: [] } })
      counted.push(...event.insert)
    } else if ('resend' in event) {
      const again = counted.filter((_call, index) => index % event.resend === 0)
      const [result] = inserter.insert([again])
      expect(result).toMatchObject({
        ok: true,
        outcome: { duplicateIndexes: again.map((_call, index) => index) },
      })
      found.duplicates += again.length
    } else if ('expire' in event) {
      const { app, limit } = event
      const scope = app === null ? { exceptApps: ['客服'] } : { app }
      const block = archiveBlock(database, {
        dayStart: START + event.expire * DAY,
        kind: 'calls',
        scope,
        after: null,
        limit,
        maxBytes: Infinity,
      })
      if (!block) continue
      for (const line of new TextDecoder().decode(block.lines).trimEnd().split('\n')) {
        const call = JSON.parse(line) as ArchivedCall
        archived.set(call.requestId, call)
      }
      expect(expirer.expire(block.calls).deleted).toBe(block.calls.length)
      found.gone += block.calls.length
    } else if ('restore' in event) {
      const from = START + event.restore * DAY
      const calls = [...archived.values()].filter(
        ({ startedAt }) => startedAt >= from && startedAt < from + DAY,
      )
      const some = calls.slice(0, event.limit)
      const before = rows()
      const done = restorer.restore(some)
      expect(done.restored).toBe(some.filter(({ requestId }) => !before.has(requestId)).length)
      expect(restorer.restore(some).restored).toBe(0)
      found.restored += done.restored
      // What a user deleted after it was archived comes back, and counts again.
      const known = new Set(counted.map(({ requestId }) => requestId))
      counted.push(...some.filter(({ requestId }) => !known.has(requestId)))
    } else if ('reprice' in event) {
      const ids = rows()
      const changed = counted.filter(({ requestId }, index) => index % 3 === 0 && ids.has(requestId))
      repricer.reprice(
        changed.map(({ requestId }) => ({
          id: ids.get(requestId) ?? 0,
          costNanos: event.reprice,
          costConfigId: 'own',
        })),
      )
      const changedIds = new Set(changed.map(({ requestId }) => requestId))
      counted = counted.map((call) =>
        changedIds.has(call.requestId) ? { ...call, costNanos: event.reprice } : call,
      )
    } else {
      const ids = rows()
      const leaving = counted.filter(
        ({ requestId }, index) => index % event.remove === 0 && ids.has(requestId),
      )
      deleter.delete(leaving.map(({ requestId }) => ids.get(requestId) ?? 0))
      const gone = new Set(leaving.map(({ requestId }) => requestId))
      counted = counted.filter(({ requestId }) => !gone.has(requestId))
    }
    if (typeof event === 'object' && ('expire' in event || 'restore' in event))
      expectCounted(database, counted)
    found.frozen += database.sqlite.prepare('select day_start from frozen_day').all().length
  }
  const kept = answers(database)
  rebuilder.rebuildAll()
  follower.clear()
  expect(answers(database)).toEqual(kept)
  expectCounted(database, counted)
  follower.catchUpFully()
  while (follower.refill() !== null);
  expect(answers(database)).toEqual(kept)
  expectCounted(database, counted)
  const places = (table: string) =>
    database.sqlite.prepare<[], number>(`select app_log_id from ${table} order by 1`).pluck().all()
  const stored = (where: string) =>
    database.sqlite.prepare<[], number>(`select id from app_log where ${where} order by 1`).pluck().all()
  expect(places('label_call')).toEqual(stored('true'))
  expect(places('user_call')).toEqual(stored('user_id is not null'))
  expect((await storeSize(database.kysely, database.sqlite)).calls).toBe(rows().size)
}

const RANGE = { from: START, to: START + DAYS * DAY }

function answers(database: OpenDatabase): unknown {
  return [0, Infinity].map((exactMax) =>
    ([null, 'app', 'model', 'user'] as const).map((groupBy) =>
      scanStatistics(database, { ...RANGE, labels: {}, edges: null, groupBy }, exactMax)
        .map(({ key, sums }) => ({ key, sums }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    ),
  )
}

function expectCounted(database: OpenDatabase, counted: readonly NewCall[]): void {
  const edges = Array.from({ length: DAYS }, (_, index) => START + index * DAY)
  for (const exactMax of [0, Infinity]) {
    for (const groupBy of [null, 'app', 'user'] as const) {
      for (const userId of groupBy === null ? [undefined, 'u-1'] : [undefined]) {
        const byUser = groupBy === 'user'
        const groups = Map.groupBy(
          counted.filter(
            (call) => (userId === undefined || call.userId === userId) && (!byUser || call.userId !== null),
          ),
          (call) =>
            JSON.stringify([
              groupBy === null ? '' : labelOf(call, groupBy),
              byUser ? START : call.startedAt - (call.startedAt % DAY),
            ]),
        )
        const request = { ...RANGE, labels: {}, userId, edges: byUser ? null : edges, groupBy }
        const found = scanStatistics(database, request, exactMax)
        expect(found.map(({ key, t }) => JSON.stringify([key, t])).sort()).toEqual([...groups.keys()].sort())
        for (const { key, t, sums, p95Us } of found) {
          const reference = referenceOf(groups.get(JSON.stringify([key, t])) ?? [])
          expect(sums).toEqual({ ...reference.sums })
          if (reference.p95Us === null || p95Us === null) expect(p95Us).toBe(reference.p95Us)
          else
            expect(Math.abs(p95Us - reference.p95Us)).toBeLessThanOrEqual(
              reference.p95Us * (HISTOGRAM_RELATIVE_ERROR + 1e-9),
            )
        }
      }
    }
    const distinct = (field: 'userId' | 'sessionId') =>
      new Set(counted.map((call) => call[field]).filter(Boolean))
    expect(countPresent(database, { ...RANGE, labels: {} }, exactMax)).toEqual({
      users: distinct('userId').size,
      sessions: distinct('sessionId').size,
    })
    // Only calls that can be looked at.
    const top = database.sqlite
      .prepare<[number], number>(
        'select id from app_log where duration_us is not null order by duration_us desc, id desc limit ?',
      )
      .pluck()
      .all(TOP_CALLS)
    const answer = topCalls(database, { ...RANGE, labels: {}, by: 'duration', limit: TOP_CALLS }, exactMax)
    expect(answer.map(({ id }) => id)).toEqual(top)
  }
  const [all, user] = sumCosts(database, { ...RANGE, scopes: [{}, { userId: 'u-1' }] })
  const cost = (calls: readonly NewCall[]) => calls.reduce((sum, call) => sum + (call.costNanos ?? 0), 0)
  expect(all?.costNanos).toBe(cost(counted))
  expect(user?.costNanos).toBe(cost(counted.filter(({ userId }) => userId === 'u-1')))
}
