import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ProxyLimits } from '../../../../src/main/collector/proxy/proxy.ts'
import { createProxy } from '../../../../src/main/collector/proxy/proxy.ts'
import { createIngest } from '../../../../src/main/ingest/index.ts'
import { openStore } from '../../../../src/main/store/store.ts'
import { openUpstreams } from '../../../../src/main/upstreams/index.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { recordingLog } from '../../../start-console.ts'
import { startOpenAi } from '../../../vendors/openai-server.ts'
import { startVendor } from '../../../vendors/vendor-server.ts'
import { eventually } from '../../eventually.ts'
import { consoleWith, onlyCall } from './open-proxy.ts'
import { sendRaw } from './raw-request.ts'

const PATH = '/proxy/openai/v1/chat/completions'
const BODY = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })
const PART = 'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n'

/** A proxy on a store of its own, with limits that a test can wait for. */
async function openProxy(baseUrl: string, limits: Partial<ProxyLimits> = {}) {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  const upstreams = await openUpstreams(store)
  await upstreams.update('openai', { baseUrl })
  const ingest = createIngest(store)
  const log = recordingLog()
  const proxy = createProxy({ upstreams, ingest, log, limits })
  const server = createServer((request, response) => void proxy.answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  let closed: Promise<void> | undefined
  const closeStore = () => (closed ??= store.close())
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await proxy.close()
    await closeStore()
  })
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const calls = () =>
    eventually(
      async () => (await store.ask('listCalls', { limit: 10 })).items,
      (items) => items.length > 0,
    )
  return {
    url,
    dataDir,
    ingest,
    log,
    closeStore,
    calls,
    post: () => sendRaw(url, { method: 'POST', path: PATH, body: BODY }),
  }
}

/** A server that takes connections and says nothing. */
async function startSilence(): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, sockets }
}

describe('time limits', () => {
  test('a TLS handshake that never ends: 504', async () => {
    const { url } = await startSilence()
    const { post, calls } = await openProxy(url.replace('http', 'https'), { upstreamConnectMs: 100 })
    expect((await post()).status).toBe(504)
    expect(await calls()).toMatchObject([{ status: 'error', errorType: 'upstream_timeout', ttftMs: null }])
  })

  test('no first byte: 504', async () => {
    const { url } = await startSilence()
    const { post, calls } = await openProxy(url, { upstreamFirstByteMs: 100 })
    const answer = await post()
    expect(answer.status).toBe(504)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { code: 'upstream_timeout' } })
    expect(await calls()).toMatchObject([{ status: 'error', errorType: 'upstream_timeout' }])
  })

  test('silence in the middle: the answer is cut, and what came is kept', async () => {
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(PART)
      await new Promise(() => undefined)
    })
    const { post, calls } = await openProxy(vendor.url, { upstreamIdleMs: 100 })
    await expect(post()).rejects.toThrow()
    expect(await calls()).toMatchObject([{ status: 'error', errorType: 'upstream_timeout' }])
  })

  test('a client that does not read is not the silence of the upstream', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x')
    const vendor = await startVendor(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      for (let index = 0; index < 32; index += 1) if (!response.write(part)) await once(response, 'drain')
      response.end()
    })
    const { url } = await openProxy(vendor.url, { upstreamIdleMs: 2_000 })
    const answer = await fetch(`${url}/proxy/openai/v1/files`)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await answer.bytes()).length).toBe(32 * part.length)
  })
})

describe('what the proxy takes ahead of a slow upstream', () => {
  test('a request is taken whole up to the limit, so that its client is not called slow', async () => {
    const { url: silence } = await startSilence()
    const { url } = await openProxy(silence)
    const outgoing = httpRequest(`${url}/proxy/openai/v1/files`, { method: 'POST' })
    outgoing.on('error', () => undefined)
    outgoing.end(Buffer.alloc(7 * 1024 * 1024))
    await once(outgoing, 'finish')
    outgoing.destroy()
  })

  test('and no more: a larger one waits', async () => {
    const { url: silence } = await startSilence()
    const { url } = await openProxy(silence, { proxyUploadBufferBytes: 1024 * 1024 })
    const outgoing = httpRequest(`${url}/proxy/openai/v1/files`, { method: 'POST' })
    outgoing.on('error', () => undefined)
    let isFinished = false
    outgoing.on('finish', () => (isFinished = true))
    outgoing.end(Buffer.alloc(40 * 1024 * 1024))
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(isFinished).toBe(false)
    outgoing.destroy()
  })
})

describe('what is kept to record calls', () => {
  test('is bounded over all calls: beyond it calls are recorded without their bodies', async () => {
    const vendor = await startOpenAi()
    const { post, calls } = await openProxy(vendor.url, { proxyRecordTotalBytes: 10 })
    expect((await post()).status).toBe(200)
    expect(await calls()).toMatchObject([
      { requestModel: null, model: 'gpt-4o-mini-2024-07-18', status: 'ok' },
    ])
  })

  test('is given back: the next call has room again', async () => {
    const vendor = await startOpenAi()
    const { post, calls } = await openProxy(vendor.url, { proxyRecordTotalBytes: BODY.length })
    for (let index = 0; index < 3; index += 1) {
      await post()
      const items = await eventually(calls, (list) => list.length > index)
      expect(items[0]?.requestModel).toBe('m')
    }
  })
})

describe('a store that cannot take the call', () => {
  test('does not keep the traffic up, and the loss is counted', async () => {
    const vendor = await startOpenAi()
    const { post, ingest, log, closeStore } = await openProxy(vendor.url)
    await closeStore()
    const answer = await post()
    expect(answer.status).toBe(200)
    expect(answer.body.toString()).toContain('[DONE]')
    const counters = await eventually(
      async () => ingest.counters(),
      ({ dropped }) => Object.keys(dropped).length > 0,
    )
    expect(counters).toMatchObject({ accepted: 0, dropped: { 'store-closed': 1 } })
    expect(log.lines).toEqual(['warn a call through the proxy was not recorded: store-closed'])
  })
})

describe('secrets', () => {
  const SECRETS = {
    authorization: 'Bearer sk-live-authorization-4711',
    'x-api-key': 'sk-live-x-api-key-4712',
    'api-key': 'sk-live-api-key-4713',
    cookie: 'session=sk-live-cookie-4714; b=2',
  }
  const WORDS = [
    'sk-live-authorization-4711',
    'sk-live-x-api-key-4712',
    'sk-live-api-key-4713',
    'sk-live-cookie-4714',
  ]

  test('are in no file and in no line of the log, even when the upstream repeats them', async () => {
    const vendor = await startVendor((request, response) => {
      const message = `Bad keys: ${JSON.stringify(request.headers)}`
      const status = request.body.includes('fail') ? 401 : 200
      response.writeHead(status, { 'content-type': 'application/json' })
      const choices = [{ index: 0, message: { content: message }, finish_reason: 'stop' }]
      response.end(
        JSON.stringify(status === 200 ? { model: 'm', choices } : { error: { message, type: 'auth' } }),
      )
    })
    const opened = await consoleWith({ openai: vendor.url })
    const path = `${PATH}?key=sk-live-query-4715`
    for (const body of [BODY, '{"model":"fail"}']) {
      const answer = await sendRaw(opened.url, { method: 'POST', path, headers: SECRETS, body })
      for (const word of WORDS) expect(answer.body.toString()).toContain(word)
      await eventually(
        async () => (await opened.get('/v1/collector/status')).body,
        (status) => JSON.stringify(status).includes(`"accepted":${body === BODY ? 1 : 2}`),
      )
    }
    await opened.console.close()
    const files = readdirSync(opened.dataDir).filter((name) => name !== 'token')
    expect(files).toContain('llmops.sqlite')
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(opened.dataDir, name)))).toString(
      'latin1',
    )
    expect(bytes).toContain('Bad keys')
    for (const word of [...WORDS, 'sk-live-query-4715']) {
      expect(bytes.includes(word), word).toBe(false)
      expect(opened.log.lines.join('\n')).not.toContain(word)
    }
  })
})

describe('recording', () => {
  test('never holds up the answer: it ends although the store does not', async () => {
    const vendor = await startOpenAi()
    const upstreams = {
      find: () => ({
        name: 'openai',
        baseUrl: vendor.url,
        flavour: 'openai' as const,
        isBuiltIn: true,
        defaultBaseUrl: null,
      }),
    }
    const ingest = createIngest({
      insertCalls: () => new Promise(() => undefined),
      insertSpanEvents: async () => undefined,
    })
    const proxy = createProxy({ upstreams, ingest, log: recordingLog() })
    const server = createServer((request, response) => void proxy.answer(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const answer = await sendRaw(url, { method: 'POST', path: PATH, body: BODY })
    expect(answer.body.toString()).toContain('[DONE]')
    await eventually(
      async () => ingest.waitingRecords(),
      (records) => records === 1,
    )
  })

  test('keeps an answer that is not what was asked for', async () => {
    const vendor = await startVendor((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<h1>Sign in to the Wi-Fi</h1>')
    })
    const opened = await consoleWith({ openai: vendor.url })
    await sendRaw(opened.url, { method: 'POST', path: PATH, body: 'not JSON' })
    expect(await onlyCall(opened)).toMatchObject({
      status: 'ok',
      requestModel: null,
      model: null,
      prompt: null,
      response: null,
      attributes: { 'http.response.status_code': 200 },
    })
  })
})
