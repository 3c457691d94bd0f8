import Anthropic from '@anthropic-ai/sdk'
import { request as httpRequest } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { once } from 'node:events'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startAnthropic } from '../../../vendors/anthropic-server.ts'
import { OPENAI_TEXT, startOpenAi } from '../../../vendors/openai-server.ts'
import { startConsole } from '../../../start-console.ts'
import { startVendor } from '../../../vendors/vendor-server.ts'
import { eventually } from '../../eventually.ts'
import { textContaining } from '../../some-text.ts'
import { drain, partsOf } from './body-parts.ts'
import { consoleWith, onlyCall } from './open-proxy.ts'

const REQUEST = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'hi' }] }
const CHAT = { method: 'POST', path: '/proxy/openai/v1/chat/completions', body: REQUEST }

async function setUp() {
  const vendor = await startOpenAi()
  const opened = await consoleWith({ openai: vendor.url })
  const client = new OpenAI({ apiKey: 'k', baseURL: `${opened.url}/proxy/openai/v1`, maxRetries: 0 })
  return { vendor, opened, client }
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createTcpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

describe("an upstream's error", () => {
  test.each([
    [
      401,
      { error: { message: 'Incorrect key', type: 'invalid_request_error', code: 'invalid_api_key' } },
      'invalid_api_key',
      'Incorrect key',
    ],
    [
      429,
      { error: { message: 'Slow down', type: 'tokens', code: 'rate_limit_exceeded' } },
      'rate_limit_exceeded',
      'Slow down',
    ],
    [500, { error: { message: 'Oops', type: 'server_error', code: null } }, 'server_error', 'Oops'],
    [
      402,
      { error: { message: 'No money', type: 'insufficient_balance', code: 'invalid_request_error' } },
      'insufficient_balance',
      'No money',
    ],
    [404, { error: 'model not found' }, 'http_404', 'model not found'],
    [422, { detail: 'wrong' }, 'http_422', 'wrong'],
    [503, 'no JSON object', 'http_503', 'HTTP 503'],
  ])('%i with %j', async (status, body, errorType, errorMessage) => {
    const { vendor, opened } = await setUp()
    const headers = { 'retry-after': '17', 'x-ratelimit-remaining-tokens': '0' }
    vendor.failure = { status, body, headers }
    const answer = await opened.send(CHAT)
    expect(answer).toMatchObject({ status, body, headers })
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType,
      errorMessage,
      requestModel: 'gpt-4o-mini',
      model: null,
      inputTokens: null,
      response: null,
      attributes: { 'http.response.status_code': status },
    })
  })

  test("reaches the vendors' packages as the class of error that it is", async () => {
    const { vendor, opened, client } = await setUp()
    vendor.failure = {
      status: 429,
      body: { error: { message: 'Slow down', type: 'tokens', code: 'rate_limit_exceeded' } },
      headers: { 'retry-after': '9' },
    }
    const error: unknown = await client.chat.completions.create(REQUEST).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(error instanceof OpenAI.RateLimitError && error.headers.get('retry-after')).toBe('9')

    const anthropic = await startAnthropic()
    anthropic.failure = {
      status: 529,
      body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    }
    const other = await consoleWith({ anthropic: anthropic.url })
    const claude = new Anthropic({ apiKey: 'k', baseURL: `${other.url}/proxy/anthropic`, maxRetries: 0 })
    await expect(
      claude.messages.create({ model: 'claude', max_tokens: 1, messages: REQUEST.messages }),
    ).rejects.toMatchObject({ status: 529 })
    expect(await onlyCall(other)).toMatchObject({ errorType: 'overloaded_error', errorMessage: 'Overloaded' })
    expect(await onlyCall(opened)).toMatchObject({ errorType: 'rate_limit_exceeded' })
  })

  test('in the middle of a stream is kept beside what came before', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"model":"m","choices":[{"index":0,"delta":{"content":"half"}}]}\n\n')
      response.end('data: {"error":{"message":"Engine died","type":"server_error"}}\n\n')
    })
    const opened = await consoleWith({ openai: vendor.url })
    expect((await opened.send(CHAT)).status).toBe(200)
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType: 'server_error',
      errorMessage: 'Engine died',
      response: 'half',
    })
  })
})

describe('a client that gives up', () => {
  test('in the middle of a stream: the upstream is let go, and what came is kept', async () => {
    const { vendor, opened, client } = await setUp()
    vendor.pause = () => new Promise(() => undefined)
    const stream = await client.chat.completions.create({ ...REQUEST, stream: true })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType: 'client_abort',
      response: OPENAI_TEXT[0],
      model: 'gpt-4o-mini-2024-07-18',
    })
    await eventually(
      async () => vendor.hangUps,
      (hangUps) => hangUps === 1,
    )
  })

  test('before the answer begins', async () => {
    const vendor = await startVendor(() => new Promise(() => undefined))
    const opened = await consoleWith({ openai: vendor.url })
    const client = new OpenAI({
      apiKey: 'k',
      baseURL: `${opened.url}/proxy/openai/v1`,
      maxRetries: 0,
    })
    const controller = new AbortController()
    const failed = client.chat.completions
      .create(REQUEST, { signal: controller.signal })
      .catch(() => 'aborted')
    await eventually(
      async () => vendor.seen.length,
      (seen) => seen === 1,
    )
    controller.abort()
    expect(await failed).toBe('aborted')
    expect(await onlyCall(opened)).toMatchObject({
      errorType: 'client_abort',
      response: null,
      requestModel: 'gpt-4o-mini',
    })
  })

  test('in the middle of its request: the upstream gets no whole one', async () => {
    const { vendor, opened } = await setUp()
    const outgoing = httpRequest(`${opened.url}${CHAT.path}`, {
      method: 'POST',
      headers: { 'content-length': '1000' },
    })
    outgoing.on('error', () => undefined)
    // Handed to the system: whatever comes after, it arrives.
    await new Promise<void>((resolve) => outgoing.write('{"model":', () => resolve()))
    outgoing.destroy()
    expect(await onlyCall(opened)).toMatchObject({ errorType: 'client_abort', requestModel: null })
    expect(vendor.seen).toEqual([])
    expect((await opened.send(CHAT)).status).toBe(200)
  })

  test('after the protocol said that all was there: nothing failed', async () => {
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"all"},"finish_reason":"stop"}]}\n\n')
      response.write('data: [DONE]\n\n')
      // Leaves the connection open, as some servers do.
      await new Promise(() => undefined)
    })
    const opened = await consoleWith({ openai: vendor.url })
    const answer = await fetch(`${opened.url}${CHAT.path}`, { method: 'POST', body: JSON.stringify(REQUEST) })
    let text = ''
    for await (const part of partsOf(answer.body)) {
      text += new TextDecoder().decode(part)
      // Leaving the loop hangs up.
      if (text.includes('[DONE]')) break
    }
    expect(await onlyCall(opened)).toMatchObject({ status: 'ok', errorType: null, response: 'all' })
  })
})

describe('an upstream that fails', () => {
  test('nobody listens: 502', async () => {
    const opened = await consoleWith({ openai: `http://127.0.0.1:${await closedPort()}` })
    expect(await opened.send(CHAT)).toMatchObject({
      status: 502,
      body: { error: { code: 'upstream_unreachable' } },
    })
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType: 'upstream_unreachable',
      errorMessage: textContaining('ECONNREFUSED'),
      requestModel: 'gpt-4o-mini',
      response: null,
    })
  })

  test('it hangs up without an answer: 502', async () => {
    const vendor = await startVendor((_request, response) => void response.destroy())
    const opened = await consoleWith({ openai: vendor.url })
    expect((await opened.send(CHAT)).status).toBe(502)
    expect(await onlyCall(opened)).toMatchObject({ errorType: 'upstream_unreachable' })
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a status that HTTP does not know', 'HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
  ])('it speaks %s: 502', async (_name, bytes) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.write(bytes))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const opened = await consoleWith({
      openai: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    })
    expect((await opened.send(CHAT)).status).toBe(502)
    expect(await onlyCall(opened)).toMatchObject({ errorType: 'upstream_unreachable' })
    expect((await opened.get('/v1/collector/status')).status).toBe(200)
  })

  test('its connection breaks in the middle: so does the client’s, and what came is kept', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n', () =>
        response.destroy(),
      )
    })
    const opened = await consoleWith({ openai: vendor.url })
    await expect(opened.send(CHAT)).rejects.toThrow()
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType: 'stream_truncated',
      response: 'half',
    })
  })

  test('its stream ends before the protocol says so', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n')
    })
    const opened = await consoleWith({ openai: vendor.url })
    expect((await opened.send(CHAT)).status).toBe(200)
    expect(await onlyCall(opened)).toMatchObject({ errorType: 'stream_truncated', response: 'half' })
  })

  test('its stream ends without [DONE], but with a finish reason: nothing failed', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"choices":[{"index":0,"delta":{"content":"all"},"finish_reason":"stop"}]}')
    })
    const opened = await consoleWith({ openai: vendor.url })
    await opened.send(CHAT)
    expect(await onlyCall(opened)).toMatchObject({ status: 'ok', response: 'all' })
  })

  test('the console is closed in the middle: the call is recorded as cut by it', async () => {
    const { vendor, opened, client } = await setUp()
    vendor.pause = () => new Promise(() => undefined)
    const stream = await client.chat.completions.create({ ...REQUEST, stream: true })
    const ended = drain(stream).catch(() => 'cut')
    await eventually(
      async () => vendor.seen.length,
      (seen) => seen === 1,
    )
    await opened.console.close()
    expect(await ended).toBe('cut')
    const again = await startConsole({ dataDir: opened.dataDir })
    onTestFinished(() => again.close())
    expect(await onlyCall(again)).toMatchObject({ status: 'error', errorType: 'console_closed' })
  })
})
