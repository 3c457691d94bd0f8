import { createRouterClient } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { BudgetWithStatus } from '#shared/contract/budgets.ts'
import { budgetWithStatusSchema } from '#shared/contract/budgets.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'

const MONTHLY = { name: '全部应用', period: 'month', amount: 10 }
/** Costs 2 dollars by the price below. */
const CALL = { app: 'shop', model: 'house-model', userId: 'u-1', inputTokens: 1_000_000 }
const PRICE = { model: 'house-model', inputPerMillion: 2, outputPerMillion: 0 }

const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({
    method,
    path,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
const create = async (opened: TestConsole, body: unknown): Promise<BudgetWithStatus> => {
  const answer = await manage(opened, 'POST', '/v1/budgets', body)
  expect(answer.status).toBe(201)
  return budgetWithStatusSchema.parse(answer.body)
}
const get = async (opened: TestConsole, id: string, query = '') =>
  budgetWithStatusSchema.parse((await manage(opened, 'GET', `/v1/budgets/${id}${query}`)).body)

describe('budgets over HTTP', () => {
  test('are made, read, changed and removed', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, MONTHLY)
    expect(made).toMatchObject({ ...MONTHLY, scope: {}, isEnabled: true })
    expect(made.status).toMatchObject({ spentNanos: 0, remainingNanos: 10e9, usedPercent: 0, state: 'ok' })
    expect((await manage(opened, 'GET', '/v1/budgets')).body).toMatchObject({
      items: [{ id: made.id, ...MONTHLY }],
      nextCursor: null,
    })

    const scope = { app: 'shop', userId: 'u-1' }
    const changed = await manage(opened, 'PUT', `/v1/budgets/${made.id}`, { scope, isEnabled: false })
    expect(changed).toMatchObject({ status: 200, body: { ...MONTHLY, scope, isEnabled: false } })
    expect(await get(opened, made.id)).toMatchObject({ ...MONTHLY, scope, isEnabled: false })

    expect((await manage(opened, 'DELETE', `/v1/budgets/${made.id}`)).status).toBe(204)
    for (const [method, body] of [['GET'], ['PUT', { amount: 1 }], ['DELETE']] as const) {
      expect((await manage(opened, method, `/v1/budgets/${made.id}`, body)).status).toBe(404)
    }
  })

  test('that are changed together are changed one after the other', async () => {
    const opened = await consoleForTest()
    const { id } = await create(opened, MONTHLY)
    const put = (body: object) => manage(opened, 'PUT', `/v1/budgets/${id}`, body)
    await Promise.all([put({ amount: 20 }), put({ name: 'All' }), put({ period: 'week' })])
    expect(await get(opened, id)).toMatchObject({ amount: 20, name: 'All', period: 'week' })
    await Promise.all([manage(opened, 'DELETE', `/v1/budgets/${id}`), put({ amount: 30 })])
    expect((await manage(opened, 'GET', `/v1/budgets/${id}`)).status).toBe(404)
  })

  test('are there after a restart, oldest first', async () => {
    const opened = await consoleForTest()
    const made = [
      await create(opened, { ...MONTHLY, name: 'z', scope: { model: 'gpt-4o' } }),
      await create(opened, { ...MONTHLY, name: 'a', period: 'day', amount: 0.000_5 }),
    ]
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    const list = z.object({ items: z.array(budgetWithStatusSchema) })
    const { items } = list.parse((await manage(again, 'GET', '/v1/budgets')).body)
    const bare = (budgets: BudgetWithStatus[]) => budgets.map(({ status: _status, ...budget }) => budget)
    expect(bare(items)).toEqual(bare(made))
  })

  test('cannot be what makes no sense, and say why', async () => {
    const opened = await consoleForTest()
    for (const [part, path, reason] of [
      [{ name: '  ' }, 'name', 'must not be empty'],
      [{ name: 'x'.repeat(LIMITS.nameLength + 1) }, 'name', 'must be at most'],
      [{ amount: 0 }, 'amount', 'must be > 0'],
      [{ amount: 'ten' }, 'amount', 'must be a number'],
      [{ amount: LIMITS.budgetAmount + 1 }, 'amount', 'must be <='],
      [{ period: 'year' }, 'period', 'must be "day", "week" or "month"'],
      [{ scope: { user: 'u' } }, 'scope', 'must hold app, model and userId only'],
      [{ scope: { app: '' } }, 'scope.app', 'must not be empty'],
    ] as const) {
      const answer = await manage(opened, 'POST', '/v1/budgets', { ...MONTHLY, ...part })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { details: [{ path, reason: expect.stringContaining(reason) as string }] } },
      })
    }
  })

  test('may be so many and no more', async () => {
    const opened = await consoleForTest()
    for (let index = 0; index < LIMITS.budgets; index += 1) await create(opened, MONTHLY)
    expect((await manage(opened, 'POST', '/v1/budgets', MONTHLY)).status).toBe(409)
  })

  test('need a time zone that exists', async () => {
    const opened = await consoleForTest()
    const { id } = await create(opened, { ...MONTHLY, period: 'day' })
    const shanghai = await get(opened, id, '?timeZone=Asia/Shanghai')
    const utc = await get(opened, id, '?timeZone=UTC')
    expect(new Date(shanghai.status.periodStart).toISOString()).toContain('T16:00:00')
    expect(new Date(utc.status.periodStart).toISOString()).toContain('T00:00:00')
    expect((await manage(opened, 'GET', '/v1/budgets?timeZone=Mars/Olympus')).status).toBe(400)
  })
})

describe('what is spent', () => {
  test('counts from the moment a call is stored, by scope; calls without a price are counted apart', async () => {
    const opened = await consoleForTest()
    await manage(opened, 'POST', '/v1/model-cost-configs', PRICE)
    const all = await create(opened, MONTHLY)
    const shop = await create(opened, { ...MONTHLY, scope: { app: 'shop' } })
    const user = await create(opened, { ...MONTHLY, scope: { userId: 'u-2', model: 'house-model' } })
    await opened.post([
      CALL,
      CALL,
      { ...CALL, userId: 'u-2' },
      { ...CALL, app: 'other', userId: 'u-2' },
      { ...CALL, model: 'unknown' },
    ])
    expect((await get(opened, all.id)).status).toMatchObject({
      spentNanos: 8e9,
      remainingNanos: 2e9,
      usedPercent: 80,
      unpricedRequests: 1,
      currency: 'USD',
    })
    expect((await get(opened, shop.id)).status).toMatchObject({ spentNanos: 6e9, unpricedRequests: 1 })
    expect((await get(opened, user.id)).status).toMatchObject({ spentNanos: 4e9, unpricedRequests: 0 })
    await opened.post([CALL, CALL])
    expect((await get(opened, all.id)).status).toMatchObject({
      remainingNanos: -2e9,
      usedPercent: 120,
      state: 'exceeded',
    })
  })

  test('of a day is forecast from the last day', async () => {
    const opened = await consoleForTest()
    await manage(opened, 'POST', '/v1/model-cost-configs', PRICE)
    const { id } = await create(opened, { ...MONTHLY, period: 'day' })
    // Yesterday evening and this morning, wherever that is: twelve hours ago is of today or of yesterday.
    await opened.post({ ...CALL, startedAt: Date.now() - 12 * 3_600_000 })
    const { status } = await get(opened, id)
    const leftMs = status.periodEnd - Date.now()
    const expected = status.spentNanos + (2e9 / (24 * 3_600_000)) * leftMs
    expect(Math.abs(status.forecastNanos - expected)).toBeLessThan(0.01e9)
  })
})

describe('in the window', () => {
  test('a budget that was removed lately can be had back, by the same id', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const made = await client.budgets.create({ name: 'x', period: 'week', amount: 5 })
    const other = await client.budgets.create({ name: 'y', period: 'week', amount: 5 })
    await client.budgets.remove({ id: made.id })
    expect(await client.budgets.restore({ id: made.id })).toMatchObject({ id: made.id, name: 'x' })
    await expect(client.budgets.restore({ id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await client.budgets.remove({ id: made.id })
    await client.budgets.remove({ id: other.id })
    expect(await client.budgets.restore({ id: made.id })).toMatchObject({ name: 'x' })
    expect(JSON.stringify((await opened.get('/openapi.json')).body)).not.toContain('budgets.restore')
  })
})
