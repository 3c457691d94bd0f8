import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCall } from '../store/make-call.ts'
import { eventually } from '../eventually.ts'
import { DAY, ended, NOW, openForTest } from './open-for-test.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const text = (content: string) => ({ format: 'text' as const, text: content })
const old = (days: number, overrides: Parameters<typeof makeCall>[0] = {}) =>
  makeCall({
    startedAt: NOW - days * DAY,
    arrivedAt: NOW - days * DAY,
    durationUs: 1_000 * days,
    totalTokens: days,
    costNanos: days,
    prompt: text(`问题 ${days}`),
    response: text(`answer ${days}`),
    ...overrides,
  })

describe('a run', () => {
  test('takes old texts from calls, old calls from the list, and nothing from what was counted', async () => {
    const { store, runOnce, calls, sums, keeper } = await openForTest({ isArchiving: false })
    await store.insertCalls([
      old(1, { requestId: 'new' }),
      old(31, { requestId: 'no-text' }),
      old(181, { requestId: 'gone' }),
      old(400, { requestId: 'gone-too' }),
    ])
    const before = await sums()
    await runOnce()
    expect(await calls()).toEqual(['new', 'no-text'])
    expect(await sums()).toEqual(before)
    expect(await store.ask('getCall', { requestId: 'no-text' })).toMatchObject({
      prompt: null,
      response: null,
    })
    expect(await store.ask('getCall', { requestId: 'new' })).toMatchObject({ prompt: '问题 1' })
    const [run] = await keeper.runs(null, 10)
    expect(run).toMatchObject({
      reason: 'hand',
      state: 'done',
      result: { bodies: 1, calls: 2, archives: [], problem: null },
    })
    expect((await store.ask('storeSize', null)).calls).toBe(2)
  })

  test('goes by whole days (UTC): what began as many times 24 hours ago is kept', async () => {
    const { store, runOnce, calls } = await openForTest({ isArchiving: false, callsDays: 1, bodiesDays: 1 })
    const yesterday = NOW - DAY - 12 * 3_600_000
    await store.insertCalls([
      makeCall({ requestId: 'kept', startedAt: yesterday }),
      makeCall({ requestId: 'gone', startedAt: yesterday - 1 }),
    ])
    await runOnce()
    expect(await calls()).toEqual(['kept'])
  })

  test('keeps to the limits of an app where it has its own', async () => {
    const { store, runOnce, calls } = await openForTest({
      isArchiving: false,
      apps: [
        { app: 'short', bodiesDays: 1, callsDays: 2 },
        { app: 'long', bodiesDays: null, callsDays: null },
      ],
    })
    await store.insertCalls([
      old(5, { requestId: 'short-5', app: 'short' }),
      old(5, { requestId: 'other-5' }),
      old(500, { requestId: 'long-500', app: 'long' }),
      old(500, { requestId: 'other-500' }),
    ])
    await runOnce()
    expect(await calls()).toEqual(['long-500', 'other-5'])
    expect(await store.ask('getCall', { requestId: 'long-500' })).toMatchObject({ prompt: '问题 500' })
  })

  test('lets a call that comes late be counted, and takes it the next time', async () => {
    const { store, runOnce, calls, sums } = await openForTest({ isArchiving: false })
    await store.insertCalls([old(200, { requestId: 'first' })])
    await runOnce()
    await store.insertCalls([old(200, { requestId: 'late' })])
    expect(await calls()).toEqual(['late'])
    expect(await sums()).toMatchObject([{ requests: 2, cost_nanos: 400 }])
    await runOnce()
    expect(await calls()).toEqual([])
    expect(await sums()).toMatchObject([{ requests: 2, cost_nanos: 400 }])
  })

  test('counts a call that is sent again after it went as a duplicate', async () => {
    const { store, runOnce, calls, sums } = await openForTest({ isArchiving: false })
    const call = old(200, { requestId: 'first' })
    await store.insertCalls([call])
    await runOnce()
    expect(await store.insertCalls([call])).toMatchObject({ duplicateIndexes: [0] })
    expect(await calls()).toEqual([])
    expect(await sums()).toMatchObject([{ requests: 1 }])
  })

  test('drops the oldest days until the database is small enough, and never today', async () => {
    const { store, runOnce, calls, retention } = await openForTest({ isArchiving: false })
    const big = text('x'.repeat(100_000))
    await store.insertCalls(
      [1, 2, 3].flatMap((days) =>
        Array.from({ length: 20 }, () => old(days, { requestId: `${days}-${Math.random()}`, prompt: big })),
      ),
    )
    await store.insertCalls([makeCall({ requestId: 'today', startedAt: NOW })])
    const { usedBytes } = await store.ask('storeSize', null)
    retention.maxGigabytes = (usedBytes - 1_000_000) / 1e9
    await runOnce()
    expect(new Set((await calls()).map((id) => id.slice(0, 1)))).toEqual(new Set(['t', '1', '2']))
    retention.maxGigabytes = 1e-9
    await runOnce()
    expect(await calls()).toEqual(['today'])
  })

  test('drops what was counted when that is too old, too, and what is known of it', async () => {
    const { store, runOnce, sums } = await openForTest({ isArchiving: false, rollupsDays: 365 })
    await store.insertCalls([
      old(400, { requestId: 'a', userId: 'u-old' }),
      old(300, { requestId: 'b', userId: 'u' }),
    ])
    await runOnce()
    expect(await sums()).toMatchObject([{ requests: 1, total_tokens: 300 }])
    expect(await store.ask('countPresent', { from: 0, to: NOW, labels: {} })).toMatchObject({ users: 1 })
  })

  test('deletes records and notifications of alerts that are over, and leaves those that are not', async () => {
    const { runOnce, keeper, dataDir } = await openForTest()
    const sqlite = new SqliteDatabase(join(dataDir, 'llmops.sqlite'))
    onTestFinished(() => void sqlite.close())
    const record = (id: string, days: number, isOver: boolean) =>
      sqlite
        .prepare(
          `insert into alert_record (id, rule_id, rule, rule_name, severity, labels, state, is_acknowledged, is_read,
             started_at, resolved_at, note, metric, threshold)
           values (?, 'r', '{}', '', 'info', '{}', ?, 0, 0, ?, ?, '', '', 0)`,
        )
        .run(id, isOver ? 'resolved' : 'firing', NOW - days * DAY, isOver ? NOW - days * DAY : null)
    const delivery = (id: string, days: number, status: string) =>
      sqlite
        .prepare(
          `insert into alert_delivery (id, channel_id, rule_id, event, payload, status, attempts, created_at)
           values (?, 'c', 'r', 'firing', '{}', ?, 1, ?)`,
        )
        .run(id, status, NOW - days * DAY)
    record('old', 400, true)
    record('old-firing', 400, false)
    record('new', 300, true)
    delivery('old-sent', 400, 'sent')
    delivery('old-queued', 400, 'queued')
    delivery('new-sent', 300, 'sent')
    expect(await keeper.preview()).toMatchObject({ alertRecords: 1, notifications: 1 })
    await runOnce()
    const ids = (table: string) => sqlite.prepare(`select id from ${table} order by 1`).pluck().all()
    expect(ids('alert_record')).toEqual(['new', 'old-firing'])
    expect(ids('alert_delivery')).toEqual(['new-sent', 'old-queued'])
    expect((await keeper.runs(null, 1))[0]?.result).toMatchObject({ alertRecords: 1, notifications: 1 })
  })

  test('can be ended, and leaves nothing half done', async () => {
    const { store, keeper, sums, calls, dataDir } = await openForTest()
    await store.insertCalls(Array.from({ length: 3_000 }, (_, index) => old(200 + (index % 3))))
    const before = await sums()
    await keeper.run()
    await keeper.cancel()
    expect((await keeper.runs(null, 1))[0]?.state).toBe('cancelled')
    expect(await sums()).toEqual(before)
    await keeper.run()
    await ended(keeper)
    expect(await calls()).toEqual([])
    expect(await sums()).toEqual(before)
    const archived = (await keeper.archives.list()).map(({ manifest }) => manifest?.counts.calls ?? 0)
    expect(archived.reduce((sum, count) => sum + count, 0)).toBe(3_000)
    expect(readdirSync(join(dataDir, 'archives')).filter((file) => file.endsWith('.part'))).toEqual([])
  })

  test('says beforehand what would go, by kind and app', async () => {
    const { store, keeper } = await openForTest()
    await store.insertCalls([old(31), old(200, { app: '客服' }), old(201, { app: '客服' }), old(1)])
    const preview = await keeper.preview()
    expect(preview.items.map(({ kind, app, calls }) => ({ kind, app, calls }))).toEqual(
      expect.arrayContaining([
        { kind: 'calls', app: '客服', calls: 2 },
        { kind: 'bodies', app: '客服', calls: 2 },
        { kind: 'bodies', app: 'checkout-bot', calls: 1 },
      ]),
    )
  })
})

describe('by itself', () => {
  test('it runs once a day when its hour has come, or as soon as it can after that', async () => {
    const { store, keeper, clock, calls, retention } = await openForTest({ isArchiving: false })
    Object.assign(retention, { isNightly: true, hour: (new Date(NOW).getHours() + 1) % 24 })
    await store.insertCalls([old(200)])
    keeper.start()
    expect((await keeper.status()).nextRunAt).toBe(NOW + HOUR - (NOW % HOUR))
    clock.pass(30 * MINUTE)
    expect(await calls()).toHaveLength(1)
    clock.pass(40 * MINUTE)
    const ask = async () => {
      clock.pass(MINUTE)
      return calls()
    }
    await eventually(ask, (left) => left.length === 0)
    await ended(keeper)
    clock.pass(HOUR)
    expect(await keeper.runs(null, 10)).toMatchObject([{ reason: 'nightly', state: 'done' }])
  })

  test('on battery it waits, but not for long', async () => {
    const { store, keeper, clock, calls } = await openForTest(
      { isArchiving: false, isNightly: true },
      () => false,
    )
    await store.insertCalls([old(200)])
    keeper.start()
    for (let hour = 0; hour < 30; hour += 1) clock.pass(HOUR)
    await store.rollupDays()
    expect(await calls()).toHaveLength(1)
    const ask = async () => {
      clock.pass(HOUR)
      return calls()
    }
    await eventually(ask, (left) => left.length === 0)
  })

  test('a clock that goes ahead by more than a day deletes nothing without a yes', async () => {
    const { store, keeper, clock, calls } = await openForTest({ isArchiving: false, isNightly: true })
    await store.insertCalls([old(1)])
    keeper.start()
    clock.set(NOW + 400 * DAY)
    const ask = async () => {
      clock.pass(MINUTE)
      return keeper.status()
    }
    await eventually(ask, ({ clockDoubt }) => clockDoubt !== null)
    await expect(keeper.run()).rejects.toMatchObject({ code: 'clock-doubted' })
    expect(await calls()).toHaveLength(1)
    await keeper.confirmClock()
    await eventually(calls, (left) => left.length === 0)
    await ended(keeper)
  })
})
