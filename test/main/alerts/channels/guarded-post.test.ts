import type { lookup } from 'node:dns'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import type { Post, PostOptions } from '../../../../src/main/alerts/channels/guarded-post.ts'
import { guardedPost } from '../../../../src/main/alerts/channels/guarded-post.ts'
import { LIMITS } from '../../../../src/shared/limits.ts'
import { startWebhookServer } from './receivers.ts'

const post = (url: string, given: Partial<Post> = {}, options: PostOptions = {}) =>
  guardedPost(
    {
      url,
      headers: {},
      body: '{}',
      allowPrivateAddresses: true,
      signal: new AbortController().signal,
      ...given,
    },
    options,
  )

/** What a resolver does whose name leads to this machine. */
const resolveToLoopback = ((
  _host: string,
  _options: object,
  callback: (error: null, found: unknown) => void,
) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookup

test('posts the body to an allowed address, and reads the answer', async () => {
  const server = await startWebhookServer((_request, response) => response.writeHead(202).end('thanks'))
  expect(await post(`${server.url}/hook?a=b`, { headers: { 'X-Own': 'yes' }, body: '{"a":"é"}' })).toEqual({
    kind: 'answer',
    status: 202,
    retryAfter: undefined,
    text: 'thanks',
  })
  expect(server.received).toMatchObject([
    { method: 'POST', path: '/hook?a=b', body: '{"a":"é"}', headers: { 'x-own': 'yes' } },
  ])
})

test('a private address is refused before anything is sent, written as an address or as a name', async () => {
  const server = await startWebhookServer()
  const refused = { kind: 'refused', reason: 'private-address' }
  for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', '0.0.0.0'])
    expect(await post(`http://${host}:${server.port}/`, { allowPrivateAddresses: false })).toEqual(refused)
  const named = `http://innocent.example:${server.port}/`
  expect(await post(named, { allowPrivateAddresses: false }, { resolve: resolveToLoopback })).toEqual(refused)
  expect(server.received).toEqual([])
})

test.each([307, 308])('a redirect %i is followed with method and body', async (status) => {
  const server = await startWebhookServer(({ path }, response) => {
    if (path === '/new') response.end('here')
    else response.writeHead(status, { location: '/new' }).end()
  })
  expect(await post(`${server.url}/old`, { body: '{"a":1}' })).toMatchObject({ status: 200, text: 'here' })
  expect(server.received.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
    'POST /old {"a":1}',
    'POST /new {"a":1}',
  ])
})

test.each([301, 302, 303])('a redirect %i, which would lose the message, is refused', async (status) => {
  const server = await startWebhookServer((_request, response) =>
    response.writeHead(status, { location: '/new' }).end(),
  )
  expect(await post(server.url)).toEqual({ kind: 'refused', reason: 'redirect', status })
  expect(server.received).toHaveLength(1)
})

test('where a redirect leads is looked at like the first address', async () => {
  const server = await startWebhookServer((_request, response) =>
    response.writeHead(307, { location: `http://127.0.0.2:${server.port}/` }).end(),
  )
  // As if the first were a public address.
  const isPublic = (address: string) => address === '127.0.0.1'
  expect(await post(server.url, { allowPrivateAddresses: false }, { isPublic })).toEqual({
    kind: 'refused',
    reason: 'private-address',
  })
  expect(server.received).toHaveLength(1)
})

test('redirects end after three, and never leave http and https', async () => {
  const loop = await startWebhookServer((_request, response) =>
    response.writeHead(307, { location: '/again' }).end(),
  )
  expect(await post(loop.url)).toMatchObject({ kind: 'refused', reason: 'redirect' })
  expect(loop.received).toHaveLength(4)
  const away = await startWebhookServer((_request, response) =>
    response.writeHead(307, { location: 'file:///etc/passwd' }).end(),
  )
  expect(await post(away.url)).toMatchObject({ kind: 'refused', reason: 'redirect' })
})

test("another origin that a redirect leads to does not get the user's headers", async () => {
  const other = await startWebhookServer()
  const first = await startWebhookServer((_request, response) =>
    response.writeHead(307, { location: other.url }).end(),
  )
  await post(first.url, { headers: { Authorization: 'Bearer key' } })
  expect(first.received[0]?.headers.authorization).toBe('Bearer key')
  expect(other.received[0]?.headers.authorization).toBeUndefined()
})

test('no more than 64 KiB of an answer is read', async () => {
  const server = await startWebhookServer((_request, response) => {
    response.on('error', () => undefined)
    response.end('x'.repeat(5_000_000))
  })
  const result = await post(server.url)
  expect(result.kind === 'answer' && result.text.length).toBe(LIMITS.webhookAnswerBytes)
})

test('an address that accepts and says nothing is given up', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(await post(`http://127.0.0.1:${port}/`, {}, { timeoutMs: 100 })).toEqual({
    kind: 'unreachable',
    reason: 'timeout',
  })
})

test('a status that came counts, even if the rest of the answer does not come', async () => {
  const server = await startWebhookServer((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half')
  })
  expect(await post(server.url, {}, { timeoutMs: 3_000 })).toMatchObject({
    kind: 'answer',
    status: 200,
    text: 'half',
  })
})

test('what cannot be reached says why in a code', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((closed) => server.close(closed))
  expect(await post(`http://127.0.0.1:${port}/secret-path`)).toEqual({
    kind: 'unreachable',
    reason: 'network: ECONNREFUSED',
  })
})
