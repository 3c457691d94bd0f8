import { createRouterClient } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { alertRecordSchema } from '#shared/contract/alerts/records.ts'
import type { AlertRule } from '#shared/contract/alerts/rules.ts'
import { alertRuleSchema, newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { silenceSchema } from '#shared/contract/alerts/silences.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import type { AlertChanges } from '../../../src/main/store/alerts/alert-changes.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'
import { makeRecord, makeRule } from '../alerts/make-record.ts'

const RULE = {
  name: 'Failures',
  conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05 }],
}
const HOUR = 3_600_000

const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({
    method,
    path: `/v1/alerts${path}`,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
const create = async (opened: TestConsole, body: unknown = RULE): Promise<AlertRule> => {
  const answer = await manage(opened, 'POST', '/rules', body)
  expect(answer.status).toBe(201)
  return alertRuleSchema.parse(answer.body)
}
const listOf = async <Item extends z.ZodType>(opened: TestConsole, path: string, item: Item) => {
  const { body } = await manage(opened, 'GET', path)
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() }).parse(body)
}

/** A console on data that were there before it. */
async function consoleWith(changes: AlertChanges): Promise<TestConsole> {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.writeAlerts(changes)
  await store.close()
  return consoleForTest({ dataDir })
}

describe('alert rules over HTTP', () => {
  test('are made with defaults, read, changed in part, disabled, enabled and removed', async () => {
    const opened = await consoleForTest()
    const made = await create(opened)
    expect(made).toMatchObject({
      ...RULE,
      conditions: [{ ...RULE.conditions[0], windowMinutes: 5 }],
      severity: 'warning',
      isEnabled: true,
      match: 'all',
      splitBy: 'none',
      minSamples: 0,
      forMinutes: 0,
      keepFiringForMinutes: 0,
      repeatMinutes: 240,
      noData: 'ok',
      channels: ['os', 'inApp'],
      quietHours: null,
      status: { state: 'inactive', health: 'ok', instances: 0 },
    })
    expect((await manage(opened, 'GET', `/rules/${made.id}`)).body).toEqual(made)

    const { body } = await manage(opened, 'PUT', `/rules/${made.id}`, {
      severity: 'critical',
      filter: { app: 'shop', model: ['a', 'b'] },
    })
    expect(body).toMatchObject({
      ...made,
      severity: 'critical',
      filter: { app: ['shop'], model: ['a', 'b'] },
      updatedAt: expect.any(Number) as number,
    })
    expect((await manage(opened, 'POST', `/rules/${made.id}/disable`)).body).toMatchObject({
      isEnabled: false,
      severity: 'critical',
    })
    expect((await manage(opened, 'GET', '/rules?isEnabled=true')).body).toMatchObject({ items: [] })
    expect((await manage(opened, 'POST', `/rules/${made.id}/enable`)).body).toMatchObject({ isEnabled: true })
    expect((await manage(opened, 'GET', '/rules?isEnabled=true')).body).toMatchObject({
      items: [{ id: made.id }],
    })

    expect((await manage(opened, 'DELETE', `/rules/${made.id}`)).status).toBe(204)
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['POST', '/disable'],
    ] as const) {
      const body = method === 'PUT' ? {} : undefined
      expect((await manage(opened, method, `/rules/${made.id}${path}`, body)).status).toBe(404)
    }
    const client: ConsoleClient = createRouterClient(opened.console.router)
    expect(await client.alerts.rules.restore({ id: made.id })).toMatchObject({
      id: made.id,
      severity: 'critical',
      createdAt: made.createdAt,
    })
    await expect(client.alerts.rules.restore({ id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('do not come back with the name of a user who is forgotten', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const { id } = await create(opened, { ...RULE, filter: { userId: ['u-1', 'u-2'] } })
    await client.alerts.rules.remove({ id })
    await client.privacy.forgetUser({ userId: 'u-1' })
    await expect(client.alerts.rules.restore({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('are there after a restart, and are listed by name, page by page', async () => {
    const opened = await consoleForTest()
    for (const name of ['b', 'c', 'a']) await create(opened, { ...RULE, name })
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    const first = await listOf(again, '/rules?limit=2', alertRuleSchema)
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b'])
    const second = await listOf(again, `/rules?limit=2&cursor=${first.nextCursor}`, alertRuleSchema)
    expect(second.items.map(({ name }) => name)).toEqual(['c'])
    expect(second.nextCursor).toBeNull()
    expect((await manage(again, 'GET', '/rules?cursor=nonsense')).status).toBe(400)
  })

  test('that say what cannot be are refused, and change nothing', async () => {
    const opened = await consoleForTest()
    const made = await create(opened)
    const wrong: [object, number][] = [
      [{ name: ' ' }, 400],
      [{ conditions: [] }, 400],
      [{ conditions: [{ ...RULE.conditions[0], metric: 'mood' }] }, 400],
      [{ conditions: [{ ...RULE.conditions[0], windowMinutes: 0 }] }, 400],
      [{ conditions: [{ ...RULE.conditions[0], metric: 'budgetUsedPercent' }] }, 400],
      [{ severity: 'panic' }, 400],
      [{ repeatMinutes: 0.5 }, 400],
      [{ quietHours: { from: '22:00', to: '7:00', timeZone: 'Europe/Berlin' } }, 400],
      [{ quietHours: { from: '22:00', to: '07:00', timeZone: 'Mars/Olympus' } }, 400],
      [{ channels: ['os', 'nowhere'] }, 409],
    ]
    for (const [body, status] of wrong) {
      expect((await manage(opened, 'POST', '/rules', { ...RULE, ...body })).status).toBe(status)
      expect((await manage(opened, 'PUT', `/rules/${made.id}`, body)).status).toBe(status)
    }
    expect((await manage(opened, 'GET', '/rules')).body).toMatchObject({ items: [made] })
  })

  test('cannot repeat more often than they are checked', async () => {
    const opened = await consoleForTest({ alertTiming: { intervalMs: 10 * 60_000 } })
    expect((await manage(opened, 'POST', '/rules', { ...RULE, repeatMinutes: 9 })).status).toBe(400)
    await create(opened, { ...RULE, repeatMinutes: 10 })
  })

  test('are exported, and imported where they are not', async () => {
    const opened = await consoleForTest()
    await create(opened)
    await create(opened, { ...RULE, name: 'Cost', splitBy: 'user', filter: { environment: 'production' } })
    const { body: exported } = await manage(opened, 'GET', '/rules/export')
    expect(z.object({ rules: z.array(newAlertRuleSchema) }).parse(exported).rules).toHaveLength(2)

    const other = await consoleForTest()
    await create(other)
    expect((await manage(other, 'POST', '/rules/import', exported)).body).toEqual({ created: 1, skipped: 1 })
    expect((await manage(other, 'POST', '/rules/import', exported)).body).toEqual({ created: 0, skipped: 2 })
    const { rules } = z
      .object({ rules: z.array(z.object({ name: z.string() })) })
      .parse((await manage(other, 'GET', '/rules/export')).body)
    expect(rules.map(({ name }) => name).sort()).toEqual(['Cost', 'Failures'])
    expect((await manage(other, 'POST', '/rules/import', { version: 2, rules: [] })).status).toBe(400)
  })

  test('of another console keep the channels that are here', async () => {
    const opened = await consoleForTest()
    const rules = [{ ...RULE, channels: ['inApp', 'their-webhook'] }]
    await manage(opened, 'POST', '/rules/import', { version: 1, rules })
    expect((await manage(opened, 'GET', '/rules')).body).toMatchObject({ items: [{ channels: ['inApp'] }] })
  })

  test('and everything about alerts want the token', async () => {
    const opened = await consoleForTest()
    for (const path of ['rules', 'rules/export', 'records', 'silences', 'channels']) {
      expect((await opened.send({ path: `/v1/alerts/${path}` })).status).toBe(401)
    }
  })
})

describe('silences over HTTP', () => {
  test('are made, listed by their end, and removed', async () => {
    const opened = await consoleForTest()
    const now = Date.now()
    const make = (body: unknown) => manage(opened, 'POST', '/silences', body)
    const active = silenceSchema.parse((await make({ endsAt: now + HOUR, reason: '发布' })).body)
    expect(active).toMatchObject({ state: 'active', matchers: {}, reason: '发布' })
    const scheduled = await make({
      matchers: { app: 'shop', severity: 'info' },
      startsAt: now + HOUR,
      endsAt: new Date(now + 2 * HOUR).toISOString(),
    })
    expect(scheduled).toMatchObject({ status: 201, body: { state: 'scheduled', endsAt: now + 2 * HOUR } })
    const { items } = await listOf(opened, '/silences', silenceSchema)
    expect(items.map(({ state }) => state)).toEqual(['scheduled', 'active'])

    expect((await manage(opened, 'DELETE', `/silences/${active.id}`)).status).toBe(204)
    expect((await manage(opened, 'DELETE', `/silences/${active.id}`)).status).toBe(404)
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    expect(await listOf(again, '/silences', silenceSchema)).toMatchObject({ items: [scheduled.body] })
  })

  test('that have ended, or end before they begin, are refused', async () => {
    const opened = await consoleForTest()
    const now = Date.now()
    expect((await manage(opened, 'POST', '/silences', { endsAt: now - 1 })).status).toBe(400)
    const reversed = { startsAt: now + HOUR, endsAt: now + HOUR }
    expect((await manage(opened, 'POST', '/silences', reversed)).status).toBe(400)
  })
})

describe('alert records over HTTP', () => {
  const rule = makeRule({ name: 'Failures', splitBy: 'app' })

  test('are listed newest first, by state, rule, severity and time, page by page', async () => {
    const other = makeRule({ severity: 'critical' })
    const records = [
      makeRecord(rule, { labels: { app: 'a' } }),
      makeRecord(other, { state: 'resolved', resolvedAt: 9, resolvedBy: 'auto' }),
      makeRecord(rule, { labels: { app: 'b' } }),
    ]
    const [first, second, third] = records.map(({ id }) => id)
    const opened = await consoleWith({ rules: [rule, other], records })
    const ids = async (query: string) =>
      (await listOf(opened, `/records?${query}`, alertRecordSchema)).items.map(({ id }) => id)
    expect(await ids('')).toEqual([third, second, first])
    expect(await ids('state=firing')).toEqual([third, first])
    expect(await ids(`ruleId=${rule.id}`)).toEqual([third, first])
    expect(await ids('severity=critical')).toEqual([second])
    expect(await ids(`from=${records[1]?.startedAt}&to=${records[2]?.startedAt}`)).toEqual([second])
    const page = await listOf(opened, '/records?limit=2', alertRecordSchema)
    expect(await ids(`limit=2&cursor=${page.nextCursor}`)).toEqual([first])
    expect((await manage(opened, 'GET', '/records?cursor=nonsense')).status).toBe(400)
    expect((await manage(opened, 'GET', '/records/none')).status).toBe(404)
  })

  test('show the rule as it was, their course and what was sent', async () => {
    const record = makeRecord(rule)
    const opened = await consoleWith({
      rules: [{ ...rule, name: 'Renamed' }],
      records: [record],
      points: [
        { recordId: record.id, t: 2, value: 0.2 },
        { recordId: record.id, t: 1, value: null },
      ],
      deliveries: [
        {
          id: 'd',
          channelId: 'inApp',
          ruleId: rule.id,
          event: 'firing',
          payload: {},
          recordIds: [record.id],
          status: 'suppressed',
          reason: 'silenced',
          createdAt: 5,
        },
      ],
    })
    expect((await manage(opened, 'GET', `/records/${record.id}`)).body).toMatchObject({
      ruleName: 'Failures',
      rule: { name: 'Failures', splitBy: 'app' },
      points: [
        { t: 1, value: null },
        { t: 2, value: 0.2 },
      ],
      notifications: [
        { deliveryId: 'd', channelId: 'inApp', event: 'firing', status: 'suppressed', reason: 'silenced' },
      ],
    })
  })

  test('are acknowledged, resolved with a note, and reopened while their rule is there', async () => {
    const record = makeRecord(rule, { labels: { app: 'a' } })
    const opened = await consoleWith({ rules: [rule], records: [record] })
    const act = (what: string, body?: unknown) =>
      manage(opened, 'POST', `/records/${record.id}/${what}`, body)
    expect((await act('reopen')).status).toBe(409)
    expect((await act('acknowledge')).body).toMatchObject({ isAcknowledged: true, state: 'firing' })
    expect((await act('resolve', { note: '重启了' })).body).toMatchObject({
      state: 'resolved',
      resolvedBy: 'user',
      note: '重启了',
      resolvedAt: expect.any(Number) as number,
    })
    expect((await act('resolve')).status).toBe(409)
    expect((await act('reopen')).body).toMatchObject({ state: 'firing', resolvedAt: null, resolvedBy: null })
    expect((await manage(opened, 'GET', `/rules/${rule.id}`)).body).toMatchObject({
      status: { state: 'firing', instances: 1 },
    })

    await manage(opened, 'POST', `/rules/${rule.id}/disable`)
    expect((await manage(opened, 'GET', `/records/${record.id}`)).body).toMatchObject({
      state: 'resolved',
      resolvedBy: 'user',
      note: 'rule-disabled',
    })
    expect((await act('reopen')).status).toBe(409)
    for (const what of ['acknowledge', 'resolve', 'reopen'])
      expect((await manage(opened, 'POST', `/records/none/${what}`)).status).toBe(404)
  })

  test('are counted until they were seen, and the window is told', async () => {
    const records = [
      makeRecord(rule),
      makeRecord(rule),
      makeRecord(rule, { state: 'pending', firedAt: null }),
    ]
    const opened = await consoleWith({ rules: [rule], records })
    const client: ConsoleClient = createRouterClient(opened.console.router)
    expect(await client.alerts.records.unread()).toEqual({ unread: 2, firing: 2 })
    const stop = new AbortController()
    const events = await client.alerts.rules.events(undefined, { signal: stop.signal })
    const next = events.next()
    await client.alerts.records.markRead({ ids: [records[0]?.id ?? ''] })
    expect((await next).value).toEqual({ type: 'alerts', unread: 1, firing: 2, isSoundOn: true })
    await client.alerts.records.markRead({})
    expect(await client.alerts.records.unread()).toEqual({ unread: 0, firing: 2 })
    stop.abort()
  })

  test('say whether they are silenced', async () => {
    const records = [makeRecord(rule, { labels: { app: 'a' } }), makeRecord(rule, { labels: { app: 'b' } })]
    const opened = await consoleWith({ rules: [rule], records })
    const until = { endsAt: Date.now() + HOUR }
    await manage(opened, 'POST', '/silences', { ...until, matchers: { ruleId: rule.id, app: 'a' } })
    await manage(opened, 'POST', '/silences', { ...until, matchers: { app: 'b', severity: 'critical' } })
    const { items } = await listOf(opened, '/records', alertRecordSchema)
    expect(items.map(({ labels, isSilenced }) => [labels['app'], isSilenced])).toEqual([
      ['b', false],
      ['a', true],
    ])
  })
})

test('the channels that always exist are listed', async () => {
  const opened = await consoleForTest()
  expect((await manage(opened, 'GET', '/channels')).body).toMatchObject({
    items: [
      { id: 'os', type: 'os', isEnabled: true },
      { id: 'inApp', type: 'inApp', isEnabled: true, problem: null },
    ],
  })
})
