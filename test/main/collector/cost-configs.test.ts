import { createRouterClient } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { ConsoleClient } from '#shared/contract/index.ts'
import type { CostConfig } from '#shared/contract/cost-configs.ts'
import { costConfigSchema } from '#shared/contract/cost-configs.ts'
import { appLogSchema } from '#shared/contract/app-logs.ts'
import { summarySchema } from '#shared/contract/monitoring.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'

const START = Date.UTC(2026, 10, 24)
const RANGE = `from=${START}&to=${START + 3_600_000}`
const OWN = {
  provider: 'house',
  model: 'house-model',
  inputPerMillion: 3,
  outputPerMillion: 15,
  currency: 'USD',
}

const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({
    method,
    path: `/v1/model-cost-configs${path}`,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })
const create = async (opened: TestConsole, body: unknown): Promise<CostConfig> => {
  const answer = await manage(opened, 'POST', '', body)
  expect(answer.status).toBe(201)
  return costConfigSchema.parse(answer.body)
}
const callOf = async (opened: TestConsole, requestId: string) =>
  appLogSchema.parse((await opened.get(`/v1/app-logs/${requestId}`)).body)
const summaryOf = async (opened: TestConsole) =>
  summarySchema.parse((await opened.get(`/v1/monitoring/summary?${RANGE}`)).body)

const listSchema = z.object({
  items: z.array(costConfigSchema),
  nextCursor: z.string().nullable(),
  catalogueDate: z.iso.date(),
})

const houseCall = (requestId: string, overrides: object = {}) => ({
  requestId,
  app: 'shop',
  provider: 'house',
  model: 'house-model',
  startedAt: START,
  inputTokens: 1_000_000,
  outputTokens: 100_000,
  ...overrides,
})

describe('prices over HTTP', () => {
  test('are made, read, changed, switched off and on, and removed', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, OWN)
    expect(made).toMatchObject({ ...OWN, match: 'exact', isEnabled: true, source: 'user', validFrom: 0 })
    expect((await manage(opened, 'GET', `/${made.id}`)).body).toEqual(made)

    const changed = await manage(opened, 'PUT', `/${made.id}`, { inputPerMillion: 4, notes: '合同价' })
    expect(changed).toMatchObject({ status: 200, body: { ...made, inputPerMillion: 4, notes: '合同价' } })
    expect(await manage(opened, 'POST', `/${made.id}/disable`)).toMatchObject({ body: { isEnabled: false } })
    expect(await manage(opened, 'POST', `/${made.id}/enable`)).toMatchObject({ body: { isEnabled: true } })

    expect((await manage(opened, 'DELETE', `/${made.id}`)).status).toBe(204)
    expect((await manage(opened, 'GET', `/${made.id}`)).status).toBe(404)
    expect((await manage(opened, 'DELETE', `/${made.id}`)).status).toBe(404)
  })

  test('are there after a restart', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, {
      ...OWN,
      tiers: [{ aboveInputTokens: 1_000, inputPerMillion: 1, outputPerMillion: 2 }],
    })
    await manage(opened, 'POST', '/catalogue:openai:gpt-4o/disable')
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    expect((await manage(again, 'GET', `/${made.id}`)).body).toEqual(made)
    expect((await manage(again, 'GET', '/catalogue:openai:gpt-4o')).body).toMatchObject({ isEnabled: false })
  })

  test('list the user’s own first, then the catalogue, page by page and by a part of the name', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, OWN)
    const list = listSchema
    const first = list.parse((await manage(opened, 'GET', '?limit=2')).body)
    expect(first.items[0]).toEqual(made)
    expect(first.items[1]).toMatchObject({
      source: 'catalogue',
      sourceDate: expect.stringMatching(/^\d{4}-/) as string,
    })
    const second = list.parse((await manage(opened, 'GET', `?limit=2&cursor=${first.nextCursor}`)).body)
    expect(second.items.map(({ id }) => id)).not.toContain(first.items[1]?.id)
    const qwen = list.parse((await manage(opened, 'GET', '?q=QWEN3-max&provider=dashscope')).body)
    expect(qwen.items.map(({ model }) => model)).toEqual(['qwen3-max'])
    expect((await manage(opened, 'GET', '?cursor=nonsense')).status).toBe(400)
  })

  test.each([
    [{ ...OWN, inputPerMillion: -1 }, 'must be >= 0'],
    [{ ...OWN, outputPerMillion: undefined }, 'must be a number'],
    [{ ...OWN, currency: 'DOUBLOON' }, 'must be a currency code'],
    [{ ...OWN, model: '' }, 'must not be empty'],
    [{ ...OWN, match: 'regex' }, 'must be "exact" or "prefix"'],
    [{ ...OWN, validFrom: 'soon' }, 'must be ISO 8601'],
    [
      {
        ...OWN,
        tiers: [
          { aboveInputTokens: 9, inputPerMillion: 1, outputPerMillion: 1 },
          { aboveInputTokens: 9, inputPerMillion: 1, outputPerMillion: 1 },
        ],
      },
      'must ascend',
    ],
  ])('cannot be %o', async (body, reason) => {
    const opened = await consoleForTest()
    const answer = await manage(opened, 'POST', '', body)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain(JSON.stringify(reason).slice(1, -1))
  })

  test('for the same calls from the same time on are in conflict, unless one is switched off', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, OWN)
    expect((await manage(opened, 'POST', '', { ...OWN, provider: 'HOUSE' })).status).toBe(409)
    await create(opened, { ...OWN, validFrom: START })
    const off = await create(opened, { ...OWN, isEnabled: false })
    expect((await manage(opened, 'POST', `/${off.id}/enable`)).status).toBe(409)
    await manage(opened, 'POST', `/${made.id}/disable`)
    expect((await manage(opened, 'POST', `/${off.id}/enable`)).status).toBe(200)
  })

  test('of one model follow each other, and say when the next takes over', async () => {
    const opened = await consoleForTest()
    const [first, third, off, second] = [
      await create(opened, OWN),
      await create(opened, { ...OWN, validFrom: START + 20, inputPerMillion: 5 }),
      await create(opened, { ...OWN, validFrom: START + 5, isEnabled: false }),
      await create(opened, { ...OWN, validFrom: START + 10, provider: 'HOUSE' }),
    ]
    const { items } = listSchema.parse((await manage(opened, 'GET', '?source=user')).body)
    const untilOf = (id: string | undefined) => items.find((item) => item.id === id)?.validUntil
    expect([first, second, third, off].map((config) => untilOf(config?.id))).toEqual([
      START + 10,
      START + 20,
      null,
      START + 10,
    ])
    // The past keeps the price of its time.
    await opened.post([
      houseCall('then', { startedAt: START + 19 }),
      houseCall('now', { startedAt: START + 20 }),
    ])
    expect(await callOf(opened, 'then')).toMatchObject({ costConfigId: second?.id, costNanos: 4_500_000_000 })
    expect(await callOf(opened, 'now')).toMatchObject({ costConfigId: third?.id, costNanos: 6_500_000_000 })
  })

  test('removed last are had back in the window, by the same id', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const made = await client.costConfigs.create(OWN)
    await opened.post(houseCall('a'))
    await client.costConfigs.remove({ id: made.id })
    expect(await callOf(opened, 'a')).toMatchObject({ costNanos: 4_500_000_000, costConfigId: made.id })
    expect(await client.costConfigs.restore({ id: made.id })).toEqual({ ...made, hasPricedCalls: true })
    await expect(client.costConfigs.restore({ id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await client.costConfigs.remove({ id: made.id })
    await client.costConfigs.create(OWN)
    await expect(client.costConfigs.restore({ id: made.id })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('of the catalogue can be switched off and on only', async () => {
    const opened = await consoleForTest()
    const id = '/catalogue:openai:gpt-4o'
    expect((await manage(opened, 'PUT', id, { inputPerMillion: 1 })).status).toBe(409)
    expect((await manage(opened, 'DELETE', id)).status).toBe(409)
    await manage(opened, 'POST', `${id}/disable`)
    await opened.post(houseCall('a', { provider: 'openai', model: 'gpt-4o' }))
    expect(await callOf(opened, 'a')).toMatchObject({ costNanos: null })
    await manage(opened, 'POST', `${id}/enable`)
    await opened.post(houseCall('b', { provider: 'openai', model: 'gpt-4o' }))
    expect(await callOf(opened, 'b')).toMatchObject({ costNanos: 3_500_000_000, costSource: 'computed' })
  })
})

describe('a call says how its cost comes about', () => {
  test('part by part, by the price that it was priced by', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, OWN)
    await opened.post(houseCall('a', { cachedInputTokens: 400_000 }))
    await manage(opened, 'PUT', `/${made.id}`, { inputPerMillion: 6 })
    await create(opened, { ...OWN, inputPerMillion: 9, validFrom: START })
    expect(await callOf(opened, 'a')).toMatchObject({
      costNanos: 4_500_000_000,
      computedCostNanos: 10_500_000_000,
      costBreakdown: {
        costConfigId: made.id,
        source: 'user',
        currency: 'USD',
        parts: [
          { part: 'input', tokens: 600_000, perMillion: 6 },
          { part: 'cachedInput', tokens: 400_000, perMillion: 6 },
          { part: 'output', tokens: 100_000, perMillion: 15 },
        ],
        costNanos: 7_500_000_000,
      },
    })
  })

  test('a reported cost stands beside what our prices would give', async () => {
    const opened = await consoleForTest()
    await create(opened, OWN)
    await opened.post(houseCall('a', { cost: { amount: 4.2, currency: 'USD' } }))
    expect(await callOf(opened, 'a')).toMatchObject({
      costNanos: 4_200_000_000,
      costSource: 'reported',
      computedCostNanos: 4_500_000_000,
      costBreakdown: { costNanos: 4_500_000_000 },
    })
    await opened.post(houseCall('b', { model: 'unknown', cost: { amount: 1, currency: 'USD' } }))
    expect(await callOf(opened, 'b')).toMatchObject({ computedCostNanos: null, costBreakdown: null })
  })
})

test('changes of prices that come together are made one after the other', async () => {
  const opened = await consoleForTest()
  const made = await Promise.all([OWN, OWN, OWN].map((body) => manage(opened, 'POST', '', body)))
  expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  const { id } = await create(opened, { ...OWN, model: 'other' })
  const changes = [{ inputPerMillion: 7 }, { outputPerMillion: 8 }, { notes: 'list price' }]
  await Promise.all(changes.map((body) => manage(opened, 'PUT', `/${id}`, body)))
  expect((await manage(opened, 'GET', `/${id}`)).body).toMatchObject(Object.assign({}, ...changes) as object)
  await Promise.all([manage(opened, 'DELETE', `/${id}`), manage(opened, 'PUT', `/${id}`, { notes: '' })])
  expect((await manage(opened, 'GET', `/${id}`)).status).toBe(404)
})

describe('recalculation', () => {
  const recalculate = (opened: TestConsole, body: object) =>
    manage(opened, 'POST', '/recalculate', { from: START, to: START + 3_600_000, dryRun: false, ...body })

  test('prices what had no price, and the statistics follow; a dry run only says what would change', async () => {
    const opened = await consoleForTest()
    await opened.post([
      ...Array.from({ length: 5 }, (_, index) => houseCall(`house-${index}`, { userId: `u-${index % 2}` })),
      houseCall('other', { model: 'gpt-4o', provider: 'openai' }),
      houseCall('reported', { cost: { amount: 1, currency: 'USD' } }),
      houseCall('before', { startedAt: START - 1 }),
      houseCall('after', { startedAt: START + 3_600_000 }),
    ])
    expect(await summaryOf(opened)).toMatchObject({
      requests: 7,
      unpricedRequests: 5,
      costNanos: 4_500_000_000,
    })
    await create(opened, OWN)
    // A price does not rewrite the past by itself.
    expect(await summaryOf(opened)).toMatchObject({ unpricedRequests: 5 })

    const expected = {
      calls: 7,
      changed: 5,
      beforeNanos: 4_500_000_000,
      afterNanos: 27_000_000_000,
      models: [
        {
          model: 'house-model',
          calls: 6,
          changed: 5,
          beforeNanos: 1_000_000_000,
          afterNanos: 23_500_000_000,
        },
        { model: 'gpt-4o', calls: 1, changed: 0, beforeNanos: 3_500_000_000, afterNanos: 3_500_000_000 },
      ],
    }
    expect((await recalculate(opened, { dryRun: true })).body).toEqual(expected)
    expect(await summaryOf(opened)).toMatchObject({ unpricedRequests: 5 })
    expect((await recalculate(opened, {})).body).toEqual(expected)
    expect(await summaryOf(opened)).toMatchObject({ unpricedRequests: 0, costNanos: 27_000_000_000 })
    const { body } = await opened.get(`/v1/monitoring/breakdown?${RANGE}&by=user`)
    expect(body).toMatchObject({
      rows: [
        { key: 'u-0', costNanos: 13_500_000_000 },
        { key: 'u-1', costNanos: 9_000_000_000 },
      ],
    })
    expect(await callOf(opened, 'before')).toMatchObject({ costNanos: null })
    expect(await callOf(opened, 'after')).toMatchObject({ costNanos: null })
    expect((await recalculate(opened, {})).body).toMatchObject({ changed: 0 })
  })

  test('says how far it is, and by which price calls are priced now, if it gives the same cost', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const first = await create(opened, OWN)
    await opened.post(Array.from({ length: 2_500 }, (_, index) => houseCall(`call-${index}`)))
    const second = await create(opened, { ...OWN, validFrom: START })
    expect(await callOf(opened, 'call-0')).toMatchObject({ costConfigId: first.id })
    const steps: unknown[] = []
    const range = { from: START, to: START + 3_600_000 }
    for await (const step of await client.costConfigs.recalculation({ ...range, dryRun: false }))
      steps.push(step)
    expect(steps).toEqual([
      { type: 'progress', done: 2_000, total: 2_500, changed: 0 },
      { type: 'progress', done: 2_500, total: 2_500, changed: 0 },
      { type: 'result', result: expect.objectContaining({ calls: 2_500, changed: 0 }) as unknown },
    ])
    expect(await callOf(opened, 'call-2499')).toMatchObject({ costConfigId: second.id })
  })

  test('goes over many calls in chunks, while others come in', async () => {
    const opened = await consoleForTest()
    const many = Array.from({ length: 5_000 }, (_, index) =>
      houseCall(`call-${index}`, { startedAt: START + (index % 7) }),
    )
    await opened.post(many)
    await create(opened, OWN)
    const [recalculated, ...posted] = await Promise.all([
      recalculate(opened, {}),
      ...Array.from({ length: 20 }, (_, index) =>
        opened.post(houseCall(`later-${index}`, { startedAt: START + 60_000 })),
      ),
    ])
    expect(posted.every(({ status }) => status === 200)).toBe(true)
    expect(recalculated.body).toMatchObject({ changed: 5_000 })
    expect(await summaryOf(opened)).toMatchObject({
      requests: 5_020,
      unpricedRequests: 0,
      costNanos: 5_020 * 4_500_000_000,
    })
  })

  test('a removed price leaves calls their cost until they are recalculated', async () => {
    const opened = await consoleForTest()
    const made = await create(opened, OWN)
    await opened.post(houseCall('a'))
    expect((await manage(opened, 'GET', `/${made.id}`)).body).toMatchObject({ hasPricedCalls: true })
    await manage(opened, 'DELETE', `/${made.id}`)
    expect(await callOf(opened, 'a')).toMatchObject({ costNanos: 4_500_000_000, costConfigId: made.id })
    await recalculate(opened, {})
    expect(await callOf(opened, 'a')).toMatchObject({ costNanos: null, costConfigId: null })
  })

  test('refuses a range that ends before it begins', async () => {
    const opened = await consoleForTest()
    expect((await recalculate(opened, { to: START - 1 })).status).toBe(400)
  })
})

test('the exchange rate of the settings holds for the next calls', async () => {
  const opened = await consoleForTest()
  await create(opened, { ...OWN, currency: 'CNY' })
  await opened.post(houseCall('before'))
  const { status } = await opened.send({
    method: 'PUT',
    path: '/v1/settings',
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    body: { exchangeRates: { CNY: 0.14 } },
  })
  expect(status).toBe(200)
  await opened.post(houseCall('after'))
  expect(await callOf(opened, 'before')).toMatchObject({ costNanos: null })
  expect(await callOf(opened, 'after')).toMatchObject({ costNanos: 630_000_000 })
})

test('says what is wrong with an exchange rate', async () => {
  const opened = await consoleForTest()
  const headers = { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' }
  const body = { exchangeRates: { ABC: 1, CNY: 0 } }
  expect(await opened.send({ method: 'PUT', path: '/v1/settings', headers, body })).toMatchObject({
    status: 400,
    body: {
      error: {
        details: [
          { path: 'exchangeRates.ABC', reason: 'must be a currency code such as USD or CNY' },
          { path: 'exchangeRates.CNY', reason: 'must be > 0' },
        ],
      },
    },
  })
})

test('what was reported in a currency without a rate counts once there is one and calls are recalculated', async () => {
  const opened = await consoleForTest()
  await create(opened, OWN)
  const cost = { amount: 2, currency: 'EUR' }
  await opened.post([houseCall('priced', { cost }), houseCall('unpriced', { model: 'unknown', cost })])
  expect(await callOf(opened, 'priced')).toMatchObject({ costNanos: 4_500_000_000, costSource: 'computed' })
  expect(await callOf(opened, 'unpriced')).toMatchObject({ costNanos: null })
  const set = async (exchangeRates: object) => {
    const headers = { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' }
    await opened.send({ method: 'PUT', path: '/v1/settings', headers, body: { exchangeRates } })
    return manage(opened, 'POST', '/recalculate', { from: START, to: START + 3_600_000 })
  }
  expect((await set({ EUR: 1.1 })).body).toMatchObject({ changed: 2, afterNanos: 4_400_000_000 })
  for (const id of ['priced', 'unpriced']) {
    expect(await callOf(opened, id)).toMatchObject({
      costNanos: 2_200_000_000,
      costSource: 'reported',
      costConfigId: null,
    })
  }
  expect(await summaryOf(opened)).toMatchObject({ unpricedRequests: 0, costNanos: 4_400_000_000 })
  // From then on it stays, as every cost that was reported.
  expect((await set({ EUR: 1.2 })).body).toMatchObject({ changed: 0, afterNanos: 4_400_000_000 })
})
