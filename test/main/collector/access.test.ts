import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { call } from '@orpc/server'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'
import { startOpenAi } from '../../vendors/openai-server.ts'
import { consoleWith } from './proxy/open-proxy.ts'

const ORIGIN = 'https://app.example'
const CALL = { app: 'browser-app', model: 'm' }
const JSON_TYPE = { 'content-type': 'application/json' }
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`pk-lf-1:${password}`).toString('base64')}`,
})
const appTokenOf = ({ dataDir }: TestConsole) => readFileSync(join(dataDir, 'app-token'), 'utf8').trim()

async function change(opened: TestConsole, settings: object): Promise<void> {
  const answer = await opened.send({
    method: 'PUT',
    path: '/v1/settings',
    headers: { ...bearer(opened.token), ...JSON_TYPE },
    body: settings,
  })
  expect(answer.status).toBe(200)
}

async function refusalsOf(opened: TestConsole): Promise<unknown> {
  const { body } = await opened.get('/v1/collector/status')
  return typeof body === 'object' && body !== null && 'counters' in body ? body.counters : undefined
}

const DOORS = [
  { path: '/v1/app-logs', body: CALL, status: 200 },
  { path: '/v1/feedback', body: { requestId: 'r', rating: 5 }, status: 201 },
  { path: '/v1/traces', body: {}, status: 200 },
  { path: '/v1/logs', body: {}, status: 200 },
  { path: '/v1/metrics', body: {}, status: 200 },
  { path: '/api/public/otel/v1/traces', body: {}, status: 200 },
]

describe('without the demand for a token', () => {
  test('a token that an app sends anyway is no hindrance, whatever it is', async () => {
    const opened = await consoleForTest()
    for (const headers of [bearer('x'), basic('sk-lf-1'), { 'x-llmops-token': 'x' }]) {
      for (const { path, body, status } of DOORS) {
        const answer = await opened.send({
          method: 'POST',
          path,
          headers: { ...headers, ...JSON_TYPE },
          body,
        })
        expect(answer.status).toBe(status)
      }
    }
  })
})

describe('when a token is demanded of local apps', () => {
  test('every door is closed without it, and open with it, at once and without a restart', async () => {
    const opened = await consoleForTest()
    await change(opened, { requireToken: true })
    const token = appTokenOf(opened)
    for (const { path, body, status } of DOORS) {
      const post = (headers: Record<string, string>) =>
        opened.send({ method: 'POST', path, headers: { ...headers, ...JSON_TYPE }, body })
      for (const headers of [{}, bearer(`${token}x`), bearer(token.slice(1)), basic('sk-lf-1'), basic('')]) {
        const answer = await post(headers)
        expect(answer.status).toBe(401)
        expect(answer.headers['www-authenticate']).toBe('Bearer')
      }
      for (const headers of [
        bearer(token),
        basic(token),
        { 'x-llmops-token': token },
        bearer(opened.token),
      ]) {
        expect((await post(headers)).status).toBe(status)
      }
    }
    expect(await refusalsOf(opened)).toMatchObject({ refused: { token: 30 } })
    await change(opened, { requireToken: false })
    expect((await opened.post(CALL)).status).toBe(200)
  })

  test('OTLP is refused in its own words and encoding', async () => {
    const opened = await consoleForTest()
    await change(opened, { requireToken: true })
    const message = { method: 'POST', path: '/v1/traces' }
    const json = await opened.send({ ...message, headers: JSON_TYPE, body: {} })
    expect(json.body).toEqual({ code: 16, message: expect.any(String) as unknown })
    const protobuf = await opened.send({
      ...message,
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(),
    })
    expect(protobuf.status).toBe(401)
    expect(protobuf.headers['content-type']).toBe('application/x-protobuf')
  })

  test('the proxy wants it in a header of its own, and passes on neither that nor a call without it', async () => {
    const vendor = await startOpenAi()
    const opened = await consoleWith({ openai: vendor.url })
    await change(opened, { requireToken: true })
    const token = appTokenOf(opened)
    const ask = (headers: Record<string, string>) =>
      opened.send({
        method: 'POST',
        path: '/proxy/openai/v1/chat/completions',
        headers: { ...JSON_TYPE, authorization: 'Bearer sk-vendor', ...headers },
        body: CHAT,
      })
    expect((await ask({})).status).toBe(401)
    // In Authorization it would go on to the vendor.
    expect((await ask(bearer(token))).status).toBe(401)
    expect(vendor.seen).toEqual([])
    expect((await ask({ 'x-llmops-token': token })).status).toBe(200)
    expect(vendor.seen[0]?.headers).toMatchObject({ authorization: 'Bearer sk-vendor' })
    expect(JSON.stringify(vendor.seen)).not.toContain(token)
  })

  test('it opens the doors and nothing else', async () => {
    const opened = await consoleForTest()
    const headers = bearer(appTokenOf(opened))
    expect((await opened.send({ path: '/v1/app-logs', headers })).status).toBe(401)
    expect((await opened.send({ path: '/v1/settings', headers })).status).toBe(401)
  })

  test('a new one replaces it at once and after a restart', async () => {
    const opened = await consoleForTest()
    await change(opened, { requireToken: true })
    const old = appTokenOf(opened)
    const { token } = await call(opened.console.router.collector.renewAppToken, undefined)
    expect(token).not.toBe(old)
    expect(appTokenOf(opened)).toBe(token)
    expect((await opened.post(CALL, bearer(old))).status).toBe(401)
    expect((await opened.post(CALL, bearer(token))).status).toBe(200)
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    expect(await call(again.console.router.collector.appToken, undefined)).toEqual({ token })
    expect((await again.post(CALL, bearer(token))).status).toBe(200)
    expect((await again.post(CALL)).status).toBe(401)
  })

  test('no token is ever in the log or in the status', async () => {
    const opened = await consoleForTest()
    await change(opened, { requireToken: true })
    const tokens = [opened.token, appTokenOf(opened), 'a-wrong-token-of-somebody']
    for (const token of tokens) {
      await opened.post(CALL, bearer(token))
      await opened.send({ path: '/v1/settings', headers: bearer(token) })
      await opened.send({ path: `/proxy/none/?key=${token}`, headers: { 'x-llmops-token': token } })
    }
    const said = JSON.stringify([opened.log.lines, (await opened.get('/v1/collector/status')).body])
    for (const token of tokens) expect(said).not.toContain(token)
  })
})

describe('a web page', () => {
  const page = { origin: ORIGIN, 'sec-fetch-site': 'cross-site', ...JSON_TYPE }
  const PREFLIGHT = {
    origin: ORIGIN,
    'sec-fetch-site': 'cross-site',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  }
  const allowed = async () => {
    const opened = await consoleForTest()
    await change(opened, { allowedOrigins: [ORIGIN] })
    return opened
  }

  test('of an origin that is not allowed gets 403 and no CORS headers, with the token too', async () => {
    const opened = await consoleForTest()
    await change(opened, { allowedOrigins: ['https://other.example'] })
    const headers = { ...page, ...bearer(appTokenOf(opened)) }
    const answers = [
      await opened.post(CALL, headers),
      await opened.send({ method: 'OPTIONS', path: '/v1/app-logs', headers: PREFLIGHT }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(403)
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('of an allowed origin may send calls with the token, and read the answers', async () => {
    const opened = await allowed()
    const preflight = await opened.send({
      method: 'OPTIONS',
      path: '/v1/app-logs',
      headers: { ...PREFLIGHT, 'access-control-request-private-network': 'true' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-private-network': 'true',
    })
    const answer = await opened.post(CALL, { ...page, ...bearer(appTokenOf(opened)) })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'origin' })
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
  })

  test('of an allowed origin needs the token even where programs do not', async () => {
    const opened = await allowed()
    for (const headers of [page, { ...page, ...bearer('wrong') }]) {
      const answer = await opened.post(CALL, headers)
      expect(answer.status).toBe(401)
      // The page may learn what it did wrong.
      expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN)
    }
    expect((await opened.post(CALL)).status).toBe(200)
  })

  test('of an allowed origin reads and manages nothing, whatever token it has', async () => {
    const opened = await allowed()
    for (const [method, path] of [
      ['GET', '/v1/app-logs'],
      ['GET', '/v1/settings'],
      ['PUT', '/v1/settings'],
      ['GET', '/openapi.json'],
      ['GET', '/healthz'],
      ['GET', '/nothing'],
      ['OPTIONS', '/v1/settings'],
      ['DELETE', '/v1/upstreams/openai'],
    ] as const) {
      const headers = { ...PREFLIGHT, ...bearer(opened.token), ...JSON_TYPE }
      const answer = await opened.send({ method, path, headers })
      expect([method, path, answer.status]).toEqual([method, path, 403])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('of an allowed origin may use the proxy, whose answers it can read, and stays unnamed to the vendor', async () => {
    const vendor = await startOpenAi()
    const opened = await consoleWith({ openai: vendor.url })
    await change(opened, { allowedOrigins: [ORIGIN] })
    const path = '/proxy/openai/v1/chat/completions'
    const preflight = await opened.send({ method: 'OPTIONS', path, headers: PREFLIGHT })
    expect(preflight.status).toBe(204)
    const ask = (headers: Record<string, string>) =>
      opened.send({ method: 'POST', path, headers: { ...page, ...headers }, body: CHAT })
    expect((await ask({})).status).toBe(401)
    const answer = await ask({ 'x-llmops-token': appTokenOf(opened) })
    expect(answer.status).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN)
    expect(vendor.seen).toHaveLength(1)
    expect(vendor.seen[0]?.headers['origin']).toBeUndefined()
  })

  test.each([['*'], ['null'], ['https://a.example/path'], ['https://a.example', 7]])(
    'cannot be allowed by the setting %j',
    async (...allowedOrigins) => {
      const opened = await consoleForTest()
      const headers = { ...bearer(opened.token), ...JSON_TYPE }
      const answer = await opened.send({
        method: 'PUT',
        path: '/v1/settings',
        headers,
        body: { allowedOrigins },
      })
      expect(answer.status).toBe(400)
      expect((await opened.get('/v1/settings')).body).toMatchObject({ allowedOrigins: [] })
    },
  )
})
