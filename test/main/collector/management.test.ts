import { isContractProcedure } from '@orpc/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { contract } from '#shared/contract/index.ts'
import { appLogItemSchema } from '#shared/contract/app-logs.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import type { TestConsole } from '../../start-console.ts'
import { startConsole } from '../../start-console.ts'
import { someText, textMatching } from '../some-text.ts'

const TOKEN = 'the-right-token-0123456789'
const WRONG = 'the-wrong-token-9876543210'
const START = Date.UTC(2024, 10, 24, 8)

const pageSchema = z.object({ items: z.array(appLogItemSchema), nextCursor: z.string().nullable() })
const openApiSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

let shared: TestConsole
beforeAll(async () => {
  shared = await startConsole({ token: TOKEN })
})
afterAll(() => shared.close())

const authorized = (token: string) => ({ authorization: `Bearer ${token}` })

/** Every procedure of the contract: its route, or null for those that only the window has. */
function routesOf(part: unknown): ({ method: string; path: string } | null)[] {
  if (isContractProcedure(part)) {
    const { method = 'POST', path } = part['~orpc'].route
    return [path === undefined ? null : { method: method.toLowerCase(), path }]
  }
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(routesOf) : []
}

describe('whoever has no token', () => {
  test.each([
    { name: 'without any', headers: {} },
    { name: 'with another', headers: authorized(WRONG) },
    { name: 'with a part of it', headers: authorized(TOKEN.slice(0, -1)) },
    { name: 'with more than it', headers: authorized(`${TOKEN}x`) },
    { name: 'with an empty one', headers: { authorization: 'Bearer ' } },
    { name: 'with another scheme', headers: { authorization: `Basic ${TOKEN}` } },
  ])('$name gets 401 for every procedure', async ({ headers }) => {
    const paths = [
      '/v1/app-logs',
      '/v1/collector/status',
      '/v1/settings',
      '/openapi.json',
      '/openapi.json?x=1',
    ]
    for (const path of paths) {
      const answer = await shared.send({ path, headers })
      expect(answer.status).toBe(401)
      expect(answer.headers['www-authenticate']).toBe('Bearer')
      expect(answer.body).toEqual({ error: { code: 'UNAUTHORIZED', message: someText } })
      expect(JSON.stringify(answer)).not.toContain(TOKEN)
    }
  })

  test('changes nothing', async () => {
    const headers = { ...authorized(WRONG), 'content-type': 'application/json' }
    const answer = await shared.send({
      method: 'PUT',
      path: '/v1/settings',
      headers,
      body: { theme: 'dark' },
    })
    expect(answer.status).toBe(401)
    expect((await shared.get('/v1/settings')).body).toMatchObject({ theme: 'system' })
  })

  test('finds neither its attempt nor the token in the log', () => {
    const log = shared.log.lines.join('\n')
    expect(log).not.toContain(WRONG)
    expect(log).not.toContain(TOKEN)
  })

  test('gets a health answer that says nothing else', async () => {
    expect(await shared.send({ path: '/healthz' })).toMatchObject({ status: 200, body: { status: 'ok' } })
  })
})

describe('whoever has the token', () => {
  test('may write its scheme in any case', async () => {
    const answer = await shared.send({ path: '/v1/settings', headers: { authorization: `bearer ${TOKEN}` } })
    expect(answer.status).toBe(200)
  })

  test.each([
    { path: '/v1/nothing', method: 'GET' },
    // The window's live updates have no route.
    { path: '/v1/collector/events', method: 'GET' },
    { path: '/collector/events', method: 'POST' },
  ])('gets 404 for $method $path', async ({ path, method }) => {
    const answer = await shared.send({ method, path, headers: authorized(TOKEN) })
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ error: { code: someText, message: someText } })
  })

  test.each([
    { path: '/v1/app-logs', method: 'DELETE', allow: 'GET, POST' },
    { path: '/v1/settings', method: 'POST', allow: 'GET, PUT' },
    { path: '/v1/traces', method: 'GET', allow: 'POST' },
    { path: '/healthz', method: 'POST', allow: 'GET' },
    { path: '/openapi.json', method: 'PUT', allow: 'GET' },
  ])('gets 405 for $method $path, with the methods that are allowed', async ({ path, method, allow }) => {
    const answer = await shared.send({ method, path, headers: authorized(TOKEN) })
    expect(answer.status).toBe(405)
    expect(answer.headers['allow']).toBe(allow)
  })

  test('gets 404 for a call that is not there', async () => {
    expect(await shared.get('/v1/app-logs/unknown')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND', message: 'There is no call with this request id.' } },
    })
  })

  test.each([
    { path: '/v1/app-logs?limit=0', details: [{ path: 'limit', reason: 'must be >= 1' }] },
    { path: '/v1/app-logs?limit=1001', details: [{ path: 'limit', reason: 'must be <= 1000' }] },
    { path: '/v1/app-logs?limit=SECRET', details: [{ path: 'limit', reason: 'must be an integer' }] },
    { path: '/v1/app-logs?from=SECRET', details: [{ path: 'from', reason: 'must be ISO 8601 or epoch ms' }] },
    {
      path: '/v1/monitoring/summary?from=2026-11-24',
      details: [{ path: 'to', reason: 'must be ISO 8601 or epoch ms' }],
    },
    {
      path: '/v1/monitoring/summary?from=5&to=5',
      details: [{ path: 'to', reason: 'must be later than from' }],
    },
    {
      path: '/v1/monitoring/series?from=5&to=6&bucket=SECRET',
      details: [{ path: 'bucket', reason: someText }],
    },
    {
      path: '/v1/monitoring/top-calls?from=5&to=6&limit=101',
      details: [{ path: 'limit', reason: 'must be <= 100' }],
    },
  ])('gets 400 with the place and the reason for $path', async ({ path, details }) => {
    const answer = await shared.get(path)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: { code: 'BAD_REQUEST', message: someText, details } })
    expect(JSON.stringify(answer)).not.toContain('SECRET')
  })

  test.each(['/v1/app-logs?cursor=made-up', '/v1/monitoring/series?from=0&to=2000000000000&bucket=minute'])(
    'gets 400 and a message for %s',
    async (path) => {
      expect(await shared.get(path)).toMatchObject({
        status: 400,
        body: { error: { code: 'BAD_REQUEST', message: textMatching(/cursor|points/) } },
      })
    },
  )

  test('gets 400 for a body that is not JSON, and 413 for one that is too large', async () => {
    const put = (body: string) =>
      shared.send({
        method: 'PUT',
        path: '/v1/settings',
        headers: { ...authorized(TOKEN), 'content-type': 'application/json' },
        body,
      })
    expect((await put('{"theme":')).status).toBe(400)
    expect((await put(`{"theme":"${'x'.repeat(2 * 1024 * 1024)}"}`)).status).toBe(413)
    expect((await shared.get('/v1/settings')).body).toMatchObject({ theme: 'system' })
  })

  test('reads every call once, page by page', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `page-${index}`)
    await shared.post(
      ids.map((requestId, index) => ({ app: 'pager', requestId, startedAt: START + Math.floor(index / 4) })),
    )
    const seen: string[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const range = `from=${START}&to=${START + 100}`
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const answer = await shared.get(`/v1/app-logs?${range}&limit=10${after}`)
      const page = pageSchema.parse(answer.body)
      seen.push(...page.items.map((item) => item.requestId))
      cursor = page.nextCursor
      pages += 1
    } while (cursor !== null && pages < 10)
    expect(pages).toBe(3)
    expect(seen).toEqual([...ids].reverse())
  })

  test('reads what was sent as a summary and as a series', async () => {
    const from = START + 3_600_000
    await shared.post([
      {
        app: 'sum',
        sessionId: 's-1',
        startedAt: from,
        durationMs: 100,
        ttftMs: 50,
        inputTokens: 10,
        outputTokens: 5,
        cost: { amount: 0.5, currency: 'USD' },
      },
      {
        app: 'sum',
        startedAt: from + 1,
        durationMs: 300,
        inputTokens: 20,
        outputTokens: 7,
        status: 'error',
        cachedInputTokens: 4,
        reasoningTokens: 2,
      },
      { app: 'sum', startedAt: from + 60_000, cost: { amount: 3, currency: 'EUR' } },
      { app: 'other', startedAt: from, durationMs: 9 },
    ])
    const range = `from=${new Date(from).toISOString()}&to=${from + 120_000}&app=sum`
    expect((await shared.get(`/v1/monitoring/summary?${range}`)).body).toEqual({
      requests: 3,
      success: 2,
      errors: 1,
      successRate: 2 / 3,
      avgDurationMs: 200,
      p50Ms: 100,
      p95Ms: 300,
      p99Ms: 300,
      avgTtftMs: 50,
      tokensPerSecond: 100,
      inputTokens: 30,
      outputTokens: 12,
      cachedInputTokens: 4,
      reasoningTokens: 2,
      totalTokens: 42,
      costNanos: 500_000_000,
      currency: 'USD',
      unpricedRequests: 2,
      activeUsers: 0,
      sessions: 1,
      satisfaction: null,
    })
    const { body: comparison } = await shared.get(`/v1/monitoring/comparison?${range}`)
    expect(comparison).toMatchObject({
      current: { requests: 3, sessions: 1 },
      previous: { requests: 0, successRate: null, p95Ms: null },
      previousFrom: from - 120_000,
    })
    // From the first moment to the last that a date can be.
    const ever = await shared.get('/v1/monitoring/comparison?from=-8640000000000000&to=8640000000000000')
    expect(ever).toMatchObject({ status: 200, body: { previousFrom: -3 * 8.64e15 } })
    const top = (query: string) => shared.get(`/v1/monitoring/top-calls?${range}&${query}`)
    expect((await top('')).body).toMatchObject({ items: [{ durationMs: 300 }, { durationMs: 100 }] })
    expect((await top('by=cost&limit=1')).body).toMatchObject({ items: [{ costNanos: 500_000_000 }] })
    const { body } = await shared.get(`/v1/monitoring/breakdown?${range}&by=errorType`)
    expect(body).toMatchObject({ rows: [{ key: '_OTHER', requests: 1, errors: 1, p50Ms: 300 }] })
    expect((await shared.get(`/v1/monitoring/series?${range}&bucket=minute`)).body).toMatchObject({
      bucketMs: 60_000,
      series: [
        {
          key: null,
          points: [
            { t: from, requests: 2, success: 1, errors: 1, p50Ms: 100, costNanos: 500_000_000 },
            { t: from + 60_000, requests: 1, success: 1, errors: 0, p50Ms: null, avgDurationMs: null },
          ],
        },
      ],
    })
  })

  test('deletes a call, which is then unknown and no longer counted', async () => {
    const from = START + 7_200_000
    await shared.post([
      { app: 'gone', requestId: 'order/7 ü', startedAt: from },
      { app: 'gone', requestId: 'stays', startedAt: from },
    ])
    const path = `/v1/app-logs/${encodeURIComponent('order/7 ü')}`
    const remove = () => shared.send({ method: 'DELETE', path, headers: authorized(TOKEN) })
    expect(await remove()).toMatchObject({ status: 204, body: '' })
    expect((await shared.get(path)).status).toBe(404)
    expect((await shared.get(`/v1/monitoring/summary?from=${from}&to=${from + 1}`)).body).toMatchObject({
      requests: 1,
    })
    expect(await remove()).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND', message: 'There is no call with this request id.' } },
    })
  })

  test('reads counters, queue and sizes', async () => {
    const status = collectorStatusSchema.parse((await shared.get('/v1/collector/status')).body)
    expect(status).toMatchObject({
      url: shared.url,
      dataDir: shared.dataDir,
      queue: { records: 0, bytes: 0 },
      versions: { node: process.versions.node },
    })
    expect(status.store.sizeBytes).toBeGreaterThan(0)
  })

  test('changes the settings that it names and leaves the others', async () => {
    const put = (body: unknown) =>
      shared.send({
        method: 'PUT',
        path: '/v1/settings',
        headers: { ...authorized(TOKEN), 'content-type': 'application/json' },
        body,
      })
    expect(await put({ theme: 'dark' })).toMatchObject({
      status: 200,
      body: { language: 'system', theme: 'dark' },
    })
    expect(await put({ language: 'zh-CN' })).toMatchObject({ body: { language: 'zh-CN', theme: 'dark' } })
    expect(await put({ theme: 'pink' })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'theme' }] } },
    })
    expect((await shared.get('/v1/settings')).body).toMatchObject({ language: 'zh-CN', theme: 'dark' })
  })
})

describe('the OpenAPI document', () => {
  test('describes every procedure that has a route and no other', async () => {
    const answer = await shared.get('/openapi.json')
    expect(answer.status).toBe(200)
    const { paths } = openApiSchema.parse(answer.body)
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    const all = routesOf(contract)
    const routed = all.flatMap((route) => (route ? [`${route.method} ${route.path}`] : []))
    expect(described.sort()).toEqual(routed.sort())
    expect(routed.length).toBeGreaterThan(0)
    // There are some to leave out.
    expect(all).toContain(null)
  })
})
