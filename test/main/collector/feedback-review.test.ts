import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commentWordsSchema, feedbackAnalysisSchema } from '#shared/contract/feedback-review.ts'
import { feedbackSchema } from '#shared/contract/feedback.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { LIMITS } from '#shared/limits.ts'
import * as z from 'zod'
import type { TestConsole } from '../../start-console.ts'
import { startConsole } from '../../start-console.ts'
import { someText } from '../some-text.ts'

let shared: TestConsole
let client: ConsoleClient

const send = (method: string, path: string, body?: unknown) =>
  shared.send({
    method,
    path,
    headers: {
      authorization: `Bearer ${shared.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body,
  })
const triage = (body: unknown) => send('POST', '/v1/feedback/triage', body)
const idsOf = async (query: string) =>
  z
    .object({ items: z.array(feedbackSchema) })
    .parse((await shared.get(`/v1/feedback${query}`)).body)
    .items.map(({ id }) => id)

beforeAll(async () => {
  shared = await startConsole()
  client = createRouterClient(shared.console.router)
  await shared.post([
    { requestId: 'a', app: 'bot', model: 'gpt-4o' },
    { requestId: 'b', app: 'writer', model: 'qwen-max' },
  ])
  const all = [
    { id: 'a5', requestId: 'a', rating: 5, comment: 'Just right', source: 'end-user' },
    { id: 'a1', requestId: 'a', rating: 1, comment: '回答不准确 <b>x</b>', type: 'accuracy', tags: ['幻觉'] },
    { id: 'b4', requestId: 'b', rating: 4, tags: ['幻觉', 'tone'], userId: 'u1' },
    { id: 'none', requestId: 'unknown', rating: 3, comment: '100% _slow_' },
  ]
  for (const body of all) {
    const headers = { 'content-type': 'application/json' }
    expect((await shared.send({ method: 'POST', path: '/v1/feedback', headers, body })).status).toBe(201)
  }
})
afterAll(() => shared.close())

describe('feedback is narrowed down over HTTP', () => {
  test.each([
    { query: '?minRating=4', ids: ['b4', 'a5'] },
    { query: '?maxRating=3&minRating=2', ids: ['none'] },
    { query: '?type=accuracy', ids: ['a1'] },
    { query: '?type=', ids: ['none', 'b4', 'a5'] },
    { query: '?source=end-user', ids: ['a5'] },
    { query: '?app=bot', ids: ['a1', 'a5'] },
    { query: '?model=qwen-max', ids: ['b4'] },
    { query: `?tag=${encodeURIComponent('幻觉')}`, ids: ['b4', 'a1'] },
    { query: '?assignee=', ids: ['none', 'b4', 'a1', 'a5'] },
    { query: `?q=${encodeURIComponent('准确')}`, ids: ['a1'] },
    { query: '?q=JUST', ids: ['a5'] },
    { query: '?q=%25', ids: ['none'] },
    { query: '?q=_', ids: ['none'] },
    { query: '?q=nothing%20like%20it', ids: [] },
  ])('$query', async ({ query, ids }) => {
    expect(await idsOf(query)).toEqual(ids)
  })
})

test('statistics tell of the same feedback, over time and by what it is about', async () => {
  const range = `from=2020-01-01&to=${Date.now() + 60_000}`
  const whole = feedbackAnalysisSchema.parse((await shared.get(`/v1/feedback/analysis?${range}`)).body)
  expect(whole).toMatchObject({ isPartial: false, stats: { count: 4, average: 3.25 } })
  expect(whole.by.app.map(({ key, count }) => [key, count])).toEqual(
    expect.arrayContaining([
      ['bot', 2],
      ['writer', 1],
      [null, 1],
    ]),
  )
  expect(whole.by.tag).toContainEqual(expect.objectContaining({ key: '幻觉', count: 2, average: 2.5 }))
  expect(whole.trend.reduce((sum, { count }) => sum + count, 0)).toBe(4)
  const bot = (await shared.get(`/v1/feedback/analysis?${range}&app=bot`)).body
  expect(bot).toMatchObject({ stats: { count: 2, average: 3 } })
  const { words } = commentWordsSchema.parse((await shared.get(`/v1/feedback/words?${range}&app=bot`)).body)
  expect(words.map(({ word }) => word)).toEqual(expect.arrayContaining(['准确', 'right']))
})

describe('a triage over HTTP', () => {
  test('changes much at once and says what was before, which takes it back', async () => {
    const answer = await triage({
      ids: ['a1', 'b4', 'gone'],
      state: 'resolved',
      addTags: ['x'],
      assignee: ' 李雯 ',
    })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        changed: 2,
        notFound: ['gone'],
        tooManyTags: [],
        before: [{ id: 'a1', state: 'open' }, { id: 'b4' }],
      },
    })
    expect(await idsOf(`?assignee=${encodeURIComponent('李雯')}&state=resolved`)).toEqual(['b4', 'a1'])
    expect(await idsOf('?order=openFirst')).toEqual(['none', 'a5', 'b4', 'a1'])
    expect((await shared.get('/v1/feedback/reviewers')).body).toEqual({ names: ['李雯'] })
    expect((await shared.get('/v1/feedback/stats')).body).toMatchObject({ resolved: 2 })

    const outcome = await client.feedback.triage({
      ids: ['a1', 'b4'],
      state: 'open',
      removeTags: ['x'],
      assignee: null,
    })
    await client.feedback.restore({ items: outcome.before })
    expect(await idsOf('?tag=x&state=resolved')).toEqual(['b4', 'a1'])
    await client.feedback.triage({ ids: ['a1', 'b4'], state: 'open', removeTags: ['x'], assignee: null })
    expect(await idsOf('?tag=x')).toEqual([])
  })

  test('takes as many ids as are allowed, in transactions that leave room for calls', async () => {
    const ids = Array.from({ length: LIMITS.feedbackPerChange - 1 }, (_, index) => `nobody-${index}`)
    const answer = await triage({ ids: [...ids, 'a5'], state: 'resolved', note: 'ok' })
    expect(answer).toMatchObject({ status: 200, body: { changed: 1 } })
    await triage({ ids: ['a5'], state: 'open' })
  })

  test('makes half a surrogate pair whole, and keeps a NUL', async () => {
    await triage({ ids: ['none'], note: 'a\ud83d\u0000b', addTags: ['t\ud83d'] })
    expect((await shared.get('/v1/feedback/none')).body).toMatchObject({
      note: 'a\ufffd\u0000b',
      tags: ['t\ufffd'],
    })
  })

  test.each([
    { name: 'of nothing', body: { ids: [], state: 'resolved' }, path: 'ids' },
    { name: 'without a change', body: { ids: ['a1'] }, path: 'state' },
    { name: 'to another state', body: { ids: ['a1'], state: 'SECRET' }, path: 'state' },
    {
      name: 'of too much',
      body: { ids: Array(LIMITS.feedbackPerChange + 1).fill(0), state: 'open' },
      path: 'ids',
    },
    { name: 'of what is no id', body: { ids: [5], state: 'open' }, path: 'ids.0' },
    { name: 'to nobody by name', body: { ids: ['a1'], assignee: '  ' }, path: 'assignee' },
    {
      name: 'with a long note',
      body: { ids: ['a1'], note: 'x'.repeat(LIMITS.noteLength + 1) },
      path: 'note',
    },
    {
      name: 'with too many tags',
      body: { ids: ['a1'], addTags: Array(10_000).fill('SECRET') },
      path: 'addTags',
    },
  ])('$name: 400 that says where', async ({ body, path }) => {
    const answer = await triage(body)
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path, reason: someText }] } } })
    expect(JSON.stringify(answer)).not.toContain('SECRET')
  })
})

describe('feedback by hand', () => {
  test('is given by a reviewer, changed and deleted; what apps sent is not', async () => {
    const given = await client.feedback.give({
      requestId: 'a',
      rating: 2,
      comment: '<i>hm</i>',
      userId: 'maria',
    })
    expect(given).toMatchObject({ isOwn: true, source: 'reviewer', userId: 'maria', call: { app: 'bot' } })
    const path = `/v1/feedback/${given.id}`
    expect(await send('PUT', path, { rating: 4, tags: ['x'] })).toMatchObject({
      status: 200,
      body: { rating: 4, comment: null, tags: ['x'], userId: null },
    })
    expect(await send('PUT', path, { rating: 6 })).toMatchObject({ status: 400 })
    expect(await send('PUT', '/v1/feedback/a1', { rating: 5 })).toMatchObject({ status: 409 })
    expect(await send('DELETE', '/v1/feedback/a1')).toMatchObject({ status: 409 })
    expect(await send('DELETE', path)).toMatchObject({ status: 204 })
    expect(await send('DELETE', path)).toMatchObject({ status: 404 })
    expect((await client.feedback.reviewers()).names).toContain('maria')
  })

  test.each([0, 6, 3.5, NaN])('is not rated %s', async (rating) => {
    await expect(client.feedback.give({ requestId: 'a', rating })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('under an id that is known is what it was', async () => {
    const first = await client.feedback.give({ id: 'mine', requestId: 'a', rating: 2 })
    expect(await client.feedback.give({ id: 'mine', requestId: 'a', rating: 5 })).toEqual(first)
    await client.feedback.remove({ id: 'mine' })
  })
})

test.each([
  '/v1/feedback?minRating=0',
  '/v1/feedback?maxRating=6',
  '/v1/feedback?minRating=3.5',
  '/v1/feedback?type=SECRET',
  `/v1/feedback?q=${'x'.repeat(LIMITS.searchLength + 1)}`,
  '/v1/feedback/analysis',
  '/v1/feedback/analysis?from=6&to=5',
  '/v1/feedback/words?from=5',
])('answers 400 to %s', async (path) => {
  const answer = await shared.get(path)
  expect(answer).toMatchObject({ status: 400, body: { error: { code: someText, message: someText } } })
  expect(JSON.stringify(answer)).not.toContain('SECRET')
})
