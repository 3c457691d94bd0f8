import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { startOpenAi } from '../../../vendors/openai-server.ts'
import { startVendor } from '../../../vendors/vendor-server.ts'
import { eventually } from '../../eventually.ts'
import { partsOf } from './body-parts.ts'
import { callsOf, consoleWith, leadTo, onlyCall, statusOf } from './open-proxy.ts'
import { sendRaw } from './raw-request.ts'

const CHAT_PATH = '/proxy/openai/v1/chat/completions'
const CHAT_BODY = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })
const event = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`

/** A server that answers with what it was sent. */
function startMirror() {
  return startVendor((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'x-seen': request.url })
    response.end(request.body)
  })
}

describe('bytes', () => {
  test('arrive before the upstream has finished: each part is sent only after the one before was received', async () => {
    const received: string[] = []
    let acknowledge = () => undefined as void
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const part of ['one', 'two', 'three']) {
        const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve))
        response.write(event(part))
        await acknowledged
      }
      response.end('data: [DONE]\n\n')
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await fetch(`${opened.url}${CHAT_PATH}`, { method: 'POST', body: CHAT_BODY })
    for await (const part of partsOf(answer.body)) {
      received.push(new TextDecoder().decode(part))
      acknowledge()
    }
    expect(received.slice(0, 3)).toEqual([event('one'), event('two'), event('three')])
    expect(await onlyCall(opened)).toMatchObject({ status: 'ok', response: 'onetwothree' })
  })

  test('of a request arrive before the client has sent them all', async () => {
    let firstPart: (text: string) => void
    const arrived = new Promise<string>((resolve) => (firstPart = resolve))
    const server = createServer((request, response) => {
      request.once('data', (chunk: Buffer) => firstPart(chunk.toString()))
      request.on('end', () => response.end('done'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const opened = await consoleWith({
      openai: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    })
    const outgoing = httpRequest(`${opened.url}/proxy/openai/v1/files`, { method: 'POST' })
    outgoing.write('first')
    expect(await arrived).toBe('first')
    outgoing.end('second')
    const [answer] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream]
    answer.resume()
    await once(answer, 'end')
    server.close()
  })

  test('the head of an answer arrives before its body begins', async () => {
    let finish = () => undefined as void
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      await new Promise<void>((resolve) => (finish = resolve))
      response.end('data: [DONE]\n\n')
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await fetch(`${opened.url}${CHAT_PATH}`, { method: 'POST', body: CHAT_BODY })
    expect(answer.status).toBe(200)
    finish()
    expect(await answer.text()).toBe('data: [DONE]\n\n')
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])(
    'compressed with %s: the client gets them as they came, and the call is read',
    async (encoding, compress) => {
      const whole = JSON.stringify({
        model: 'm-1',
        choices: [{ message: { content: 'hi' } }],
        usage: { prompt_tokens: 3 },
      })
      const compressed = compress(Buffer.from(whole))
      const vendor = await startVendor((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
        response.end(compressed)
      })
      const opened = await consoleWith({ openai: vendor.url })
      const headers = { 'accept-encoding': encoding }
      const answer = await sendRaw(opened.url, { method: 'POST', path: CHAT_PATH, headers, body: CHAT_BODY })
      expect(answer.body.equals(compressed)).toBe(true)
      expect(answer.headers['content-encoding']).toBe(encoding)
      expect(vendor.seen[0]?.headers['accept-encoding']).toBe(encoding)
      expect(await onlyCall(opened)).toMatchObject({
        status: 'ok',
        model: 'm-1',
        response: 'hi',
        inputTokens: 3,
      })
    },
  )

  test('a compressed stream is read too', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      const body = gzipSync(`${event('one')}${event('two')}data: [DONE]\n\n`)
      response.write(body.subarray(0, 15))
      response.end(body.subarray(15))
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await sendRaw(opened.url, { method: 'POST', path: CHAT_PATH, body: CHAT_BODY })
    expect(gunzipSync(answer.body).toString()).toContain('two')
    const call = await onlyCall(opened)
    expect(call).toMatchObject({ status: 'ok', response: 'onetwo' })
    expect(call.ttftMs).toBeGreaterThan(0)
  })

  test('that are not what their encoding says pass, and the call says that it was not read', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end('no gzip')
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await sendRaw(opened.url, { method: 'POST', path: CHAT_PATH, body: CHAT_BODY })
    expect(answer.body.toString()).toBe('no gzip')
    expect(await onlyCall(opened)).toMatchObject({ status: 'ok', response: null, flags: ['text-truncated'] })
  })

  test('a long answer is not cut by the time limit of requests, and a slow client slows the upstream', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x')
    const parts = 64
    let written = 0
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      for (let index = 0; index < parts; index += 1) {
        written += 1
        if (!response.write(part)) await once(response, 'drain')
      }
      response.end()
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await fetch(`${opened.url}/proxy/openai/v1/files/1/content`)
    let size = 0
    for await (const arrived of partsOf(answer.body)) {
      if (size === 0) {
        await sleep(500)
        expect(written).toBeLessThan(parts)
      }
      size += arrived.length
    }
    expect(size).toBe(parts * part.length)
  })
})

describe('a request body', () => {
  const largest = LIMITS.proxyBodyBytes

  test('of the largest size passes', async () => {
    const vendor = await startVendor((request, response) => void response.end(String(request.body.length)))
    const opened = await consoleWith({ openai: vendor.url })
    const body = Buffer.alloc(largest, 'x')
    const answer = await sendRaw(opened.url, { method: 'POST', path: '/proxy/openai/v1/files', body })
    expect(answer.body.toString()).toBe(String(largest))
  })

  test('that announces one byte more: 413, and the upstream is not asked', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    const headers = { 'content-length': String(largest + 1) }
    const answer = await sendRaw(opened.url, {
      method: 'POST',
      path: CHAT_PATH,
      headers,
      body: Buffer.alloc(largest + 1),
    })
    expect(answer.status).toBe(413)
    expect(vendor.seen).toEqual([])
    expect((await statusOf(opened)).counters.refused).toEqual({ 'body-too-large': 1 })
  })

  test('that turns out one byte longer: 413, and the upstream gets no whole request', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    const headers = { 'transfer-encoding': 'chunked' }
    const answer = await sendRaw(opened.url, {
      method: 'POST',
      path: CHAT_PATH,
      headers,
      body: Buffer.alloc(largest + 1),
    })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { code: 'body-too-large' } })
    expect(vendor.seen).toEqual([])
    expect((await statusOf(opened)).counters).toMatchObject({ accepted: 0, refused: { 'body-too-large': 1 } })
  })

  test('larger than what is kept passes, and its call is recorded without it', async () => {
    const vendor = await startOpenAi()
    const opened = await consoleWith({ openai: vendor.url })
    const content = 'x'.repeat(LIMITS.proxyRecordBytes)
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
    const answer = await sendRaw(opened.url, { method: 'POST', path: CHAT_PATH, body })
    expect(answer.status).toBe(200)
    expect(vendor.seen[0]?.body).toBe(body)
    expect(await onlyCall(opened)).toMatchObject({
      status: 'ok',
      prompt: null,
      totalTokens: 140,
      flags: ['text-truncated'],
    })
  })
})

describe('an upstream that answers before it has the whole request', () => {
  test('is heard at once, and the next request is not mixed up with the rest of this one', async () => {
    const early: Socket[] = []
    const server = createServer((request, response) => {
      if (request.url === '/early') {
        early.push(request.socket)
        return void response.end('early')
      }
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => response.end(body))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const opened = await consoleWith({
      openai: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    })
    const outgoing = httpRequest(`${opened.url}/proxy/openai/early`, {
      method: 'POST',
      headers: { 'content-length': '10' },
    })
    outgoing.write('half ')
    const [answer] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer>]
    for await (const part of answer) expect(part.toString()).toBe('early')
    const others = [1, 2, 3].map((number) =>
      sendRaw(opened.url, { method: 'POST', path: '/proxy/openai/late', body: `whole ${number}` }),
    )
    outgoing.end('whole')
    expect((await Promise.all(others)).map(({ body }) => body.toString())).toEqual([
      'whole 1',
      'whole 2',
      'whole 3',
    ])
    await eventually(
      async () => early.map(({ destroyed }) => destroyed),
      ([isClosed]) => isClosed === true,
    )
    server.closeAllConnections()
    server.close()
  })
})

describe('what is asked for', () => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST'])('%s passes', async (method) => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    const path = '/proxy/openai/v1/things/a%2Fb/@x?limit=2&after=a%20b'
    expect((await sendRaw(opened.url, { method, path })).status).toBe(200)
    expect(vendor.seen).toMatchObject([{ method, url: '/v1/things/a%2Fb/@x?limit=2&after=a%20b', body: '' }])
  })

  test('a DELETE with a body keeps it, a POST without one gets none', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    await sendRaw(opened.url, {
      method: 'DELETE',
      path: '/proxy/openai/v1/x',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'why',
    })
    await sendRaw(opened.url, { method: 'POST', path: '/proxy/openai/v1/x' })
    expect(vendor.seen.map(({ method, body }) => [method, body])).toEqual([
      ['DELETE', 'why'],
      ['POST', ''],
    ])
    expect(vendor.seen[1]?.headers).toMatchObject({ 'content-length': '0' })
  })

  test('lies below the base URL', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ dashscope: `${vendor.url}/compatible-mode/` })
    const answer = await sendRaw(opened.url, { path: '/proxy/dashscope/v1/models' })
    expect(answer.headers['x-seen']).toBe('/compatible-mode/v1/models')
  })

  test.each([
    ['an unknown upstream', '/proxy/nobody/v1/models', 404],
    ['no upstream', '/proxy/', 404],
    ['a host for a name', '/proxy/127.0.0.1:80/x', 404],
    ['a name of every object', '/proxy/__proto__/x', 404],
    ['another host behind slashes', '/proxy/openai//evil.test/x', 400],
    ['a dot segment', '/proxy/openai/../../v1/app-logs', 400],
    ['an encoded dot segment', '/proxy/openai/%2e%2E/x', 400],
    ['a dot segment behind an encoded slash', '/proxy/openai/a/..%2fx', 400],
    ['a dot segment encoded twice', '/proxy/openai/%252e%252e/x', 400],
    ['a backslash', '/proxy/openai/\\evil.test', 400],
    ['an encoded backslash', '/proxy/openai/%5cevil.test', 400],
    ['an encoded line end', '/proxy/openai/x%0d%0aHost:%20evil.test', 400],
    ['an escape that is none', '/proxy/openai/%zz', 400],
    ['a fragment', '/proxy/openai/x#y', 400],
  ])('with %s is not passed on', async (_name, path, status) => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await sendRaw(opened.url, { path })
    expect(answer.status).toBe(status)
    expect(vendor.seen).toEqual([])
    expect(Object.values((await statusOf(opened)).counters.refused)).toEqual([1])
  })

  test.each([
    ['credentials', '/proxy/openai@evil.test/x', 404],
    ['credentials in the path', '/proxy/openai/@evil.test/x', 200],
    ['a port', '/proxy/openai/:80@evil.test', 200],
    ['a URL', '/proxy/openai/http://evil.test/', 200],
  ])('with what looks like %s stays at its upstream', async (_name, path, status) => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    expect((await sendRaw(opened.url, { path })).status).toBe(status)
    expect(vendor.seen).toHaveLength(status === 200 ? 1 : 0)
  })

  test('from a web page is refused like everywhere', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    for (const [name, value] of [
      ['origin', 'https://evil.test'],
      ['sec-fetch-site', 'cross-site'],
      ['host', 'evil.test'],
    ] as const) {
      const answer = await sendRaw(opened.url, { path: '/proxy/openai/x', headers: { [name]: value } })
      expect(answer.status).toBe(403)
    }
    expect(vendor.seen).toEqual([])
  })

  test('from the console itself is not passed round and round', async () => {
    const opened = await consoleWith({})
    await leadTo(opened, 'openai', `${opened.url.replace('127.0.0.1', 'localhost')}/proxy/openai`)
    expect((await sendRaw(opened.url, { path: '/proxy/openai/x' })).status).toBe(508)
  })

  test('over a WebSocket is refused', async () => {
    const vendor = await startMirror()
    const opened = await consoleWith({ openai: vendor.url })
    const { port, host } = new URL(opened.url)
    const socket = connect(Number(port), '127.0.0.1')
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    socket.on('error', () => undefined)
    socket.write(
      `GET /proxy/openai/v1/realtime HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    )
    await once(socket, 'close')
    expect(received).not.toMatch(/^HTTP\/1\.1 101/)
    expect(vendor.seen).toEqual([])
  })
})

describe('headers', () => {
  test('go on both ways, but for those of the connection and the labels', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, [
        ...['Content-Type', 'text/plain', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Request-Id', 'req_9'],
        ...[
          'Connection',
          'close, X-Hop',
          'X-Hop',
          '1',
          'Proxy-Authenticate',
          'Basic',
          'Keep-Alive',
          'timeout=1',
        ],
      ])
      response.end('ok')
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await sendRaw(opened.url, {
      path: '/proxy/openai/v1/models',
      headers: {
        authorization: 'Bearer sk-1',
        'x-api-key': 'sk-2',
        'api-key': 'sk-3',
        cookie: 'session=1',
        'openai-organization': 'org',
        'x-twice': ['1', '2'],
        connection: 'close, X-Secret-Hop',
        'x-secret-hop': '1',
        te: 'trailers',
        'proxy-authorization': 'Basic x',
        'x-llmops-app': 'a',
        'x-llmops-anything': 'b',
      },
    })
    const [seen] = vendor.seen
    expect(seen?.headers).toEqual({
      host: new URL(vendor.url).host,
      authorization: 'Bearer sk-1',
      'x-api-key': 'sk-2',
      'api-key': 'sk-3',
      cookie: 'session=1',
      'openai-organization': 'org',
      'x-twice': '1, 2',
      connection: 'keep-alive',
    })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain',
      'set-cookie': ['a=1', 'b=2'],
      'x-request-id': 'req_9',
    })
    for (const name of ['x-hop', 'proxy-authenticate']) expect(answer.headers).not.toHaveProperty(name)
  })

  test.each([
    ['an absolute one inside', (url: string) => `${url}/base/v2/x?y=1`, () => '/proxy/openai/v2/x?y=1'],
    ['a relative one inside', () => 'other', () => '/proxy/openai/v1/other'],
    ['an absolute path inside', () => '/base/z', () => '/proxy/openai/z'],
    ['an absolute path outside', () => '/v1/app-logs', (url: string) => `${url}/v1/app-logs`],
    ['a path that only begins alike', () => '/base2/z', (url: string) => `${url}/base2/z`],
    ['another host', () => 'https://evil.test/x', () => 'https://evil.test/x'],
    ['another host without a scheme', () => '//evil.test/x', () => 'http://evil.test/x'],
  ])('a redirect to %s is passed on, not followed', async (_name, location, expected) => {
    const vendor = await startVendor((_request, response, { url }) => {
      response.writeHead(307, { location: location(url) })
      response.end()
    })
    const opened = await consoleWith({ openai: `${vendor.url}/base` })
    const answer = await sendRaw(opened.url, { path: '/proxy/openai/v1/thing' })
    expect(answer).toMatchObject({ status: 307, headers: { location: expected(vendor.url) } })
    expect(vendor.seen).toHaveLength(1)
  })
})

describe('many at once', () => {
  test('are told apart', async () => {
    const vendor = await startOpenAi()
    const opened = await consoleWith({ openai: vendor.url })
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        sendRaw(opened.url, {
          method: 'POST',
          path: CHAT_PATH,
          headers: { 'x-llmops-request-id': `id-${index}`, 'x-llmops-user': `user-${index}` },
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `prompt ${index}` }] }),
        }),
      ),
    )
    const calls = await callsOf(opened, 50)
    expect(calls).toHaveLength(50)
    for (const { requestId, userId, prompt } of calls) {
      const index = requestId.slice(3)
      expect(userId).toBe(`user-${index}`)
      expect(prompt).toEqual([{ role: 'user', content: `prompt ${index}` }])
    }
  })
})
