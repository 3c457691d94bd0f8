import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appLogSchema } from '#shared/contract/app-logs.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { feedbackSchema } from '#shared/contract/feedback.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import * as z from 'zod'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest, startConsole } from '../../start-console.ts'
import { someText } from '../some-text.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
/** Stands in every bad body: no answer may repeat it. */
const SECRET = 'sk-SECRET-7f3a'
const BODY_OVER_LIMIT = LIMITS.bodyBytes + 1

const pageSchema = z.object({ items: z.array(feedbackSchema), nextCursor: z.string().nullable() })

const give = (opened: TestConsole, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  opened.send({ method: 'POST', path: '/v1/feedback', headers, body })

const manage = (opened: TestConsole, path: string, body?: unknown) =>
  opened.send({
    method: 'POST',
    path,
    headers: { authorization: `Bearer ${opened.token}`, ...(body === undefined ? {} : JSON_TYPE) },
    body,
  })

const list = async (opened: TestConsole, query = '') =>
  pageSchema.parse((await opened.get(`/v1/feedback${query}`)).body)

const feedbackCounters = async (opened: TestConsole) =>
  collectorStatusSchema.parse((await opened.get('/v1/collector/status')).body).feedback

describe('feedback that is turned away', () => {
  let shared: TestConsole
  beforeAll(async () => {
    shared = await startConsole()
  })
  afterAll(() => shared.close())

  const given = { requestId: SECRET, rating: 5 }
  test.each([
    { name: 'without a request id', body: { rating: 5, comment: SECRET }, path: 'requestId' },
    { name: 'with an empty request id', body: { ...given, requestId: '' }, path: 'requestId' },
    { name: 'with a long request id', body: { ...given, requestId: SECRET.repeat(20) }, path: 'requestId' },
    { name: 'without a rating', body: { requestId: SECRET }, path: 'rating' },
    { name: 'rated 0', body: { ...given, rating: 0 }, path: 'rating' },
    { name: 'rated 6', body: { ...given, rating: 6 }, path: 'rating' },
    { name: 'rated 3.5', body: { ...given, rating: 3.5 }, path: 'rating' },
    { name: 'rated in words', body: { ...given, rating: SECRET }, path: 'rating' },
    { name: 'rated "5"', body: { ...given, rating: '5' }, path: 'rating' },
    { name: 'with a comment of 1 MB', body: { ...given, comment: 'x'.repeat(1_000_000) }, path: 'comment' },
    { name: 'with a comment that is no text', body: { ...given, comment: { SECRET } }, path: 'comment' },
    { name: 'of a type of its own', body: { ...given, type: SECRET }, path: 'type' },
    { name: 'of a source of its own', body: { ...given, source: SECRET }, path: 'source' },
    { name: 'with tags that are no list', body: { ...given, tags: SECRET }, path: 'tags' },
    { name: 'with a tag that is no text', body: { ...given, tags: ['a', 5] }, path: 'tags.1' },
    { name: 'with too many tags', body: { ...given, tags: Array(100_000).fill(5) }, path: 'tags' },
    { name: 'with a long id', body: { ...given, id: SECRET.repeat(20) }, path: 'id' },
    { name: 'that is a list', body: [given], path: '' },
    { name: 'that is null', body: 'null', path: '' },
  ])('$name: 400 that says where, and repeats nothing', async ({ body, path }) => {
    const before = await feedbackCounters(shared)
    const answer = await give(shared, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      error: { code: 'invalid-feedback', message: someText, details: [{ path, reason: someText }] },
    })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
    const after = await feedbackCounters(shared)
    expect(after.rejected).toBe(before.rejected + 1)
    expect(JSON.stringify(after)).not.toContain(SECRET)
    expect(after.accepted).toBe(0)
  })

  test.each<{
    name: string
    body?: unknown
    headers?: Record<string, string>
    status: number
    code: string
  }>([
    { name: 'as broken JSON', body: `{"requestId":"${SECRET}"`, status: 400, code: 'json' },
    { name: 'as bytes that are not UTF-8', body: Buffer.from([0x22, 0xff]), status: 400, code: 'utf-8' },
    {
      name: 'as text/plain, which a web page may send',
      headers: { 'content-type': 'text/plain' },
      status: 415,
      code: 'content-type',
    },
    {
      name: 'as lines of JSON',
      headers: { 'content-type': 'application/x-ndjson' },
      status: 415,
      code: 'content-type',
    },
    { name: 'too large', body: Buffer.alloc(BODY_OVER_LIMIT, ' '), status: 413, code: 'body-too-large' },
    { name: 'to a foreign Host', headers: { host: 'evil.example' }, status: 403, code: 'host' },
    { name: 'by a web page', headers: { origin: 'https://evil.example' }, status: 403, code: 'origin' },
    {
      name: 'by a web page without Origin',
      headers: { 'sec-fetch-site': 'cross-site' },
      status: 403,
      code: 'sec-fetch-site',
    },
  ])('$name: $status', async ({ body = given, headers = {}, status, code }) => {
    const answer = await give(shared, body, { ...JSON_TYPE, ...headers })
    expect(answer).toMatchObject({ status, body: { error: { code, message: someText } } })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
  })

  test('leaves nothing behind', async () => {
    expect(await list(shared)).toEqual({ items: [], nextCursor: null })
    expect(shared.log.lines.join('\n')).not.toContain(SECRET)
  })
})

describe('feedback that is taken', () => {
  test('is there when the answer comes, as text whatever it holds, with its call and at its call', async () => {
    const opened = await consoleForTest()
    await opened.post({ requestId: 'r', app: 'bot', model: 'gpt-4o', userId: 'u', startedAt: '2026-05-02' })
    const given = {
      requestId: 'r',
      rating: 2,
      comment: '<img src=x onerror=alert(1)> 回答不准确 \u0000',
      type: 'accuracy',
      tags: ['幻觉', '__proto__'],
      userId: 'someone',
      source: 'end-user',
    }
    const answer = await give(opened, { ...given, somethingElse: 1 })
    expect(answer).toMatchObject({ status: 201, body: { id: someText } })
    const { id } = z.object({ id: z.string() }).parse(answer.body)
    const stored = feedbackSchema.parse((await opened.get(`/v1/feedback/${id}`)).body)
    expect(stored).toMatchObject({
      ...given,
      id,
      logId: 1,
      state: 'open',
      resolvedAt: null,
      note: null,
      call: { app: 'bot', model: 'gpt-4o', userId: 'u', startedAt: Date.UTC(2026, 4, 2), errorType: null },
    })
    const call = appLogSchema.parse((await opened.get('/v1/app-logs/r')).body)
    expect(call.feedback).toEqual([stored])
    expect(await feedbackCounters(opened)).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: 0,
      rejectedByReason: {},
    })
  })

  test('under an id of its own is stored once, however often it is sent', async () => {
    const opened = await consoleForTest()
    const given = { id: '反馈/1?x=%20#', requestId: 'r', rating: 4 }
    const answers = await Promise.all(Array.from({ length: 8 }, () => give(opened, given)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 201, body: { id: given.id } })
    expect((await list(opened)).items).toMatchObject([given])
    expect(await feedbackCounters(opened)).toMatchObject({ accepted: 1, duplicates: 7 })
    const path = `/v1/feedback/${encodeURIComponent(given.id)}`
    expect((await opened.get(path)).body).toMatchObject(given)
  })

  test('before its call is tied to it when that comes, also when it has half a surrogate pair in its id', async () => {
    const opened = await consoleForTest()
    const requestId = 'early-\ud83d'
    await give(opened, { requestId, rating: 1 })
    expect((await list(opened)).items).toMatchObject([{ logId: null, call: null }])
    await opened.post([{ app: 'other' }, { requestId, app: 'bot' }])
    expect((await list(opened)).items).toMatchObject([{ logId: 2, call: { app: 'bot' } }])
  })

  test('stays, and counts, when its call is deleted', async () => {
    const opened = await consoleForTest()
    await opened.post({ requestId: 'r', app: 'bot' })
    await give(opened, { id: 'f', requestId: 'r', rating: 5 })
    const headers = { authorization: `Bearer ${opened.token}` }
    expect((await opened.send({ method: 'DELETE', path: '/v1/app-logs/r', headers })).status).toBe(204)
    expect((await list(opened)).items).toMatchObject([{ id: 'f', logId: null, call: { app: 'bot' } }])
    expect((await opened.get('/v1/feedback/stats?app=bot')).body).toMatchObject({ count: 1, average: 5 })
  })

  test('of many at once, mixed with calls, is all there', async () => {
    const opened = await consoleForTest()
    const ids = Array.from({ length: 60 }, (_, index) => `m-${index}`)
    await Promise.all(
      ids.flatMap((requestId) => [
        give(opened, { requestId, rating: 3 }),
        opened.post({ requestId, app: 'bot' }),
      ]),
    )
    const { items } = await list(opened, '?limit=1000')
    expect(items.map(({ requestId }) => requestId).sort()).toEqual([...ids].sort())
    expect(items.every(({ call }) => call?.app === 'bot')).toBe(true)
  })

  test('is told to the window', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const stop = new AbortController()
    const events = await client.collector.events(undefined, { signal: stop.signal })
    const first = events.next()
    await give(opened, { id: 'f', requestId: 'r', rating: 3 })
    expect(await first).toMatchObject({ value: { type: 'feedback', stored: 1 } })
    const second = events.next()
    await manage(opened, '/v1/feedback/f/resolve', {})
    expect(await second).toMatchObject({ value: { type: 'feedback', stored: 1 } })
    stop.abort()
  })

  test('is not taken by a store that is closed', async () => {
    const opened = await consoleForTest()
    const { router } = opened.console
    await opened.console.close()
    const client: ConsoleClient = createRouterClient(router)
    await expect(client.feedback.list({})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

describe('the management of feedback', () => {
  let shared: TestConsole
  beforeAll(async () => {
    shared = await startConsole()
    await shared.post([
      { requestId: 'a', app: 'bot', model: 'gpt-4o', startedAt: '2026-05-01T10:00:00Z' },
      { requestId: 'b', app: 'writer', model: 'qwen-max', startedAt: '2026-05-02T10:00:00Z' },
    ])
    for (const [id, requestId, rating, userId] of [
      ['a5', 'a', 5, 'u1'],
      ['a1', 'a', 1, 'u2'],
      ['b4', 'b', 4, 'u1'],
      ['none', 'unknown', 3, undefined],
    ]) {
      expect((await give(shared, { id, requestId, rating, userId })).status).toBe(201)
    }
  })
  afterAll(() => shared.close())

  test.each([
    { query: '', ids: ['none', 'b4', 'a1', 'a5'] },
    { query: '?requestId=a', ids: ['a1', 'a5'] },
    { query: '?requestId=unknown', ids: ['none'] },
    { query: '?logId=2', ids: ['b4'] },
    { query: '?userId=u1', ids: ['b4', 'a5'] },
    { query: '?requestId=a&userId=u1', ids: ['a5'] },
    { query: '?from=2020-01-01', ids: ['none', 'b4', 'a1', 'a5'] },
    { query: '?to=2020-01-01', ids: [] },
    { query: '?state=resolved', ids: [] },
    { query: '?state=open&logId=1', ids: ['a1', 'a5'] },
  ])('lists the newest first: $query', async ({ query, ids }) => {
    const page = await list(shared, query)
    expect(page.items.map(({ id }) => id)).toEqual(ids)
    expect(page.nextCursor).toBeNull()
  })

  test('gives a page at a time', async () => {
    const ids: string[] = []
    let query = '?limit=3'
    for (;;) {
      const { items, nextCursor } = await list(shared, query)
      ids.push(...items.map(({ id }) => id))
      if (nextCursor === null) break
      query = `?limit=3&cursor=${nextCursor}`
    }
    expect(ids).toEqual(['none', 'b4', 'a1', 'a5'])
  })

  test('counts at the start of the calls, by their labels, and what has no call only without labels', async () => {
    const stats = async (query: string) => (await shared.get(`/v1/feedback/stats${query}`)).body
    expect(await stats('')).toEqual({
      count: 4,
      average: 3.25,
      distribution: { 1: 1, 2: 0, 3: 1, 4: 1, 5: 1 },
      resolved: 0,
      resolveRate: 0,
    })
    expect(await stats('?from=2026-05-01&to=2026-05-02')).toMatchObject({ count: 2, average: 3 })
    expect(await stats('?app=writer')).toMatchObject({ count: 1, average: 4 })
    expect(await stats('?app=bot&model=qwen-max')).toEqual({
      count: 0,
      average: null,
      distribution: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 },
      resolved: 0,
      resolveRate: null,
    })
  })

  test('resolves with a note and opens again', async () => {
    const resolved = await manage(shared, '/v1/feedback/a1/resolve', { note: '<b>fixed</b>' })
    expect(resolved).toMatchObject({
      status: 200,
      body: { id: 'a1', state: 'resolved', note: '<b>fixed</b>' },
    })
    expect(feedbackSchema.parse(resolved.body).resolvedAt).toBeGreaterThan(Date.UTC(2020, 0, 1))
    expect((await list(shared, '?state=resolved')).items).toEqual([resolved.body])
    expect((await shared.get('/v1/feedback/stats?app=bot')).body).toMatchObject({
      resolved: 1,
      resolveRate: 0.5,
    })
    expect(await manage(shared, '/v1/feedback/a1/resolve')).toMatchObject({
      status: 200,
      body: { note: '<b>fixed</b>' },
    })
    expect(await manage(shared, '/v1/feedback/a1/reopen')).toMatchObject({
      status: 200,
      body: { state: 'open', resolvedAt: null },
    })
    expect((await list(shared, '?state=resolved')).items).toEqual([])
  })

  test.each([
    { path: '/v1/feedback/nobody', status: 404 },
    { path: '/v1/feedback?limit=0', status: 400 },
    { path: '/v1/feedback?state=SECRET', status: 400 },
    { path: '/v1/feedback?logId=SECRET', status: 400 },
    { path: '/v1/feedback?from=5&to=5', status: 400 },
    { path: '/v1/feedback?cursor=SECRET', status: 400 },
    { path: '/v1/feedback/stats?from=6&to=5', status: 400 },
  ])('answers $status to $path', async ({ path, status }) => {
    const answer = await shared.get(path)
    expect(answer).toMatchObject({ status, body: { error: { code: someText, message: someText } } })
    expect(JSON.stringify(answer)).not.toContain('SECRET')
  })

  test('answers 404 to a change of what is not there, and 400 to a note that is too long', async () => {
    expect((await manage(shared, '/v1/feedback/nobody/resolve', {})).status).toBe(404)
    expect((await manage(shared, '/v1/feedback/nobody/reopen')).status).toBe(404)
    const note = 'x'.repeat(LIMITS.noteLength + 1)
    expect((await manage(shared, '/v1/feedback/a1/resolve', { note })).status).toBe(400)
  })

  test('needs the token', async () => {
    for (const path of ['/v1/feedback', '/v1/feedback/stats', '/v1/feedback/a1'])
      expect((await shared.send({ path })).status).toBe(401)
  })
})
