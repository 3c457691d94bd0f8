import { describe, expect, test } from 'vitest'
import { baseUrlSchema, upstreamNameSchema } from '#shared/contract/upstreams.ts'
import { LIMITS } from '#shared/limits.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'

describe('a base URL', () => {
  test.each([
    ['https://api.openai.com', 'https://api.openai.com'],
    ['https://api.openai.com/', 'https://api.openai.com'],
    ['HTTPS://API.OpenAI.com:443/v1//', 'https://api.openai.com/v1'],
    ['http://[::1]:8080/llm/', 'http://[::1]:8080/llm'],
    ['http://localhost:1234', 'http://localhost:1234'],
    ['https://gateway.test/a/../b', 'https://gateway.test/b'],
  ])('%s is kept as %s', (text, expected) => {
    expect(baseUrlSchema.parse(text)).toBe(expected)
  })

  test.each([
    '',
    'api.openai.com',
    'ftp://files.test',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http:/one.test',
    'http:///no-host',
    'https://user:password@host.test',
    'https://user@host.test',
    'https://@host.test',
    'https://host.test?x=1',
    'https://host.test?',
    'https://host.test/#x',
    'https://host.test#',
    'https://host.test\\@evil.test',
    'https://host test',
    ' https://host.test',
    'https://host.test\n',
    'https://bücher.test',
    'https://host.test:99999',
    `https://host.test/${'x'.repeat(LIMITS.upstreamUrlLength)}`,
  ])('%s is refused', (text) => {
    expect(baseUrlSchema.safeParse(text).success).toBe(false)
  })
})

describe('a name', () => {
  test.each(['a', 'my-gateway-2', '0', 'x'.repeat(63)])('%s is one', (name) => {
    expect(upstreamNameSchema.safeParse(name).success).toBe(true)
  })

  test.each(['', 'A', '-a', 'a/b', 'a.b', 'a b', 'ä', '__proto__', 'x'.repeat(64)])('%s is none', (name) => {
    expect(upstreamNameSchema.safeParse(name).success).toBe(false)
  })
})

describe('/v1/upstreams', () => {
  const MINE = { name: 'gateway', baseUrl: 'http://127.0.0.1:8080/llm/', flavour: 'openai' }
  const call = (opened: TestConsole, method: string, path: string, body?: unknown) =>
    opened.send({
      method,
      path,
      headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
      body,
    })

  test('needs the token', async () => {
    const { send } = await consoleForTest()
    for (const [method, path] of [
      ['GET', '/v1/upstreams'],
      ['POST', '/v1/upstreams'],
      ['PUT', '/v1/upstreams/openai'],
      ['DELETE', '/v1/upstreams/openai'],
    ] as const) {
      expect((await send({ method, path })).status).toBe(401)
    }
  })

  test('creates, lists, changes and removes', async () => {
    const opened = await consoleForTest()
    const created = await call(opened, 'POST', '/v1/upstreams', MINE)
    const mine = { ...MINE, baseUrl: 'http://127.0.0.1:8080/llm', isBuiltIn: false, defaultBaseUrl: null }
    expect(created).toMatchObject({ status: 201, body: mine })
    const { body } = await call(opened, 'GET', '/v1/upstreams')
    expect(body).toMatchObject({ nextCursor: null })
    expect(JSON.stringify(body)).toContain(JSON.stringify(mine))
    expect(await call(opened, 'PUT', '/v1/upstreams/gateway', { flavour: 'ollama' })).toMatchObject({
      status: 200,
      body: { ...mine, flavour: 'ollama' },
    })
    expect(await call(opened, 'DELETE', '/v1/upstreams/gateway')).toMatchObject({ status: 204, body: '' })
    expect((await call(opened, 'DELETE', '/v1/upstreams/gateway')).status).toBe(404)
  })

  test('answers conflicts with 409, what is unknown with 404, what is wrong with 400', async () => {
    const opened = await consoleForTest()
    expect(await call(opened, 'POST', '/v1/upstreams', { ...MINE, name: 'openai' })).toMatchObject({
      status: 409,
      body: { error: { code: 'CONFLICT' } },
    })
    expect((await call(opened, 'DELETE', '/v1/upstreams/openai')).status).toBe(409)
    expect((await call(opened, 'PUT', '/v1/upstreams/openai', { flavour: 'ollama' })).status).toBe(409)
    expect((await call(opened, 'PUT', '/v1/upstreams/nobody', {})).status).toBe(404)
    expect(
      await call(opened, 'POST', '/v1/upstreams', { ...MINE, baseUrl: 'https://a:b@c.test' }),
    ).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'baseUrl', reason: 'must not hold credentials' }] } },
    })
  })
})
