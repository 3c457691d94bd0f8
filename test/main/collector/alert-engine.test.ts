import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import { alertRecordSchema } from '#shared/contract/alerts/records.ts'
import type { AlertRule, NewAlertRule } from '#shared/contract/alerts/rules.ts'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { eventually } from '../eventually.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'

const SECOND = 1_000
const FAILURES = { metric: 'failureRate', comparison: 'gt', threshold: 0.5, windowMinutes: 1 }

const open = (dataDir?: string) =>
  consoleForTest({
    alertTiming: { intervalMs: SECOND, groupWaitMs: 200, groupIntervalMs: SECOND },
    ...(dataDir === undefined ? {} : { dataDir }),
  })
const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({
    method,
    path,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
const create = async (opened: TestConsole, rule: object): Promise<string> => {
  const { body, status } = await manage(opened, 'POST', '/v1/alerts/rules', { name: 'r', ...rule })
  expect(status).toBe(201)
  return (body as AlertRule).id
}
const records = async (opened: TestConsole, query = ''): Promise<AlertRecord[]> => {
  const { body } = await manage(opened, 'GET', `/v1/alerts/records?${query}`)
  return alertRecordSchema.array().parse((body as { items: unknown }).items)
}
const call = (overrides: object = {}) => ({ app: 'shop', errorType: 'timeout', ...overrides })

test('calls that fail make a rule fire, which is told of in the app, survives a restart, and is resolved', async () => {
  const opened = await open()
  const ruleId = await create(opened, { conditions: [FAILURES], splitBy: 'app', forMinutes: 0.02 })
  await opened.post([call(), call({ app: 'mail', errorType: undefined })])
  const [record] = await eventually(
    () => records(opened, `ruleId=${ruleId}&state=firing`),
    (found) => found.some(({ notifications }) => notifications.some(({ status }) => status === 'sent')),
  )
  expect(record).toMatchObject({ labels: { app: 'shop' }, firstValue: 1, isRead: false })
  const inApp = record?.notifications.find(({ channelId }) => channelId === 'inApp')
  expect(inApp).toMatchObject({ event: 'firing', status: 'sent', attempts: 1 })
  expect((await manage(opened, 'GET', `/v1/alerts/rules/${ruleId}`)).body).toMatchObject({
    status: { state: 'firing', health: 'ok', instances: 1, evaluatedAt: expect.any(Number) as number },
  })
  expect((await manage(opened, 'GET', '/v1/alerts/engine')).body).toMatchObject({ intervalMs: SECOND })

  await opened.console.close()
  const again = await open(opened.dataDir)
  await again.post([call({ errorType: undefined }), call({ errorType: undefined })])
  const [ended] = await eventually(
    () => records(again),
    ([found]) => found?.notifications.some(({ event }) => event === 'resolved') === true,
  )
  expect(ended).toMatchObject({ id: record?.id, state: 'resolved', resolvedBy: 'auto' })
  expect(ended?.notifications.filter(({ event }) => event === 'firing')).toHaveLength(2)
})

test('a budget that is used up and feedback that is bad make rules fire', async () => {
  const opened = await open()
  const budget = await manage(opened, 'POST', '/v1/budgets', { name: 'day', period: 'day', amount: 1 })
  expect(budget.status).toBe(201)
  const budgetId = (budget.body as { id: string }).id
  const used = { metric: 'budgetUsedPercent', comparison: 'gte', threshold: 100, budgetId }
  await create(opened, { name: 'budget', conditions: [used] })
  await create(opened, {
    name: 'feedback',
    conditions: [{ metric: 'feedbackNegativeRate', comparison: 'gte', threshold: 1 }],
    minSamples: 2,
  })
  await opened.post([call({ requestId: 'x', cost: { amount: 1.5, currency: 'USD' } })])
  for (const rating of [1, 2]) {
    const feedback = { path: '/v1/feedback', method: 'POST', body: { requestId: 'x', rating } }
    expect((await opened.send({ ...feedback, headers: { 'content-type': 'application/json' } })).status).toBe(
      201,
    )
  }
  const fired = await eventually(
    () => records(opened, 'state=firing'),
    (found) => found.length === 2,
  )
  expect(new Map(fired.map(({ ruleName, lastValue }) => [ruleName, lastValue]))).toEqual(
    new Map([
      ['budget', 150],
      ['feedback', 1],
    ]),
  )

  // Without its budget a rule says that it is broken, and can be switched off.
  expect((await manage(opened, 'DELETE', `/v1/budgets/${budgetId}`)).status).toBe(204)
  const [broken] = await eventually(
    () => records(opened, 'state=firing'),
    (found) => found.length === 3,
  )
  expect(broken).toMatchObject({ ruleName: 'budget', labels: { health: 'error' } })
  const off = await manage(opened, 'POST', `/v1/alerts/rules/${broken?.ruleId}/disable`)
  expect(off).toMatchObject({ status: 200, body: { isEnabled: false } })
  expect((await manage(opened, 'POST', '/v1/alerts/rules', { name: 'r', conditions: [used] })).status).toBe(
    409,
  )
})

test('a preview shows the last day of a rule that does not exist yet, and when it would have fired', async () => {
  const opened = await open()
  const client: ConsoleClient = createRouterClient(opened.console.router)
  await opened.post([call(), call({ app: 'mail' }), call({ app: 'mail', errorType: undefined })])
  const rule = (overrides: object): NewAlertRule =>
    newAlertRuleSchema.parse({ name: 'r', conditions: [FAILURES], splitBy: 'app', ...overrides })
  const requests = { metric: 'requests', comparison: 'lt', threshold: 1, windowMinutes: 60 }
  const nothing = await client.alerts.rules.preview(rule({ splitBy: 'none', conditions: [requests] }))
  expect(nothing).toMatchObject({ bucketMs: 300_000, threshold: 1, series: [{ labels: {} }] })
  expect(nothing.series[0]?.points).toHaveLength(289)
  // A new minute may have begun since, and have the calls of the last.
  expect(nothing.firings).toMatchObject([{ labels: {}, from: nothing.series[0]?.points[0]?.t }])

  const compared = { ...FAILURES, compareTo: 'yesterday', windowMinutes: 24 * 60 }
  const wide = await client.alerts.rules.preview(rule({ conditions: [compared], splitBy: 'none' }))
  expect(wide).toMatchObject({ bucketMs: 1_800_000, threshold: null })
  expect(wide.series[0]?.points).toHaveLength(49)
})
