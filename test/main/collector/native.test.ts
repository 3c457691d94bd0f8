import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appLogSchema, ingestAnswerSchema } from '#shared/contract/app-logs.ts'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Message, TestConsole } from '../../start-console.ts'
import { consoleForTest, startConsole } from '../../start-console.ts'
import { eventually } from '../eventually.ts'
import { someText } from '../some-text.ts'

async function statusOf(consoleUnderTest: TestConsole): Promise<CollectorStatus> {
  return collectorStatusSchema.parse((await consoleUnderTest.get('/v1/collector/status')).body)
}

async function storedCalls(consoleUnderTest: TestConsole): Promise<number> {
  return (await statusOf(consoleUnderTest)).store.calls
}

const TOO_LARGE_BYTES = 21 * 1024 * 1024
/** Stands in every bad body: no answer may repeat it. */
const SECRET = 'sk-SECRET-7f3a'
const call = { app: 'checkout-bot', model: 'gpt-4o', prompt: SECRET }
const json = { 'content-type': 'application/json' }
const ndjson = { 'content-type': 'application/x-ndjson' }

describe('requests that are turned away', () => {
  let shared: TestConsole
  beforeAll(async () => {
    shared = await startConsole()
  })
  afterAll(() => shared.close())

  const rows: {
    name: string
    body?: Message['body']
    headers?: Record<string, string>
    status: number
    code: string
  }[] = [
    { name: 'broken JSON', body: `{"app":"${SECRET}"`, status: 400, code: 'json' },
    { name: 'JSON with something behind it', body: `{"app":"a"} ${SECRET}`, status: 400, code: 'json' },
    { name: 'an empty body', body: '', status: 400, code: 'json' },
    {
      name: 'NaN, which JSON does not know',
      body: '{"app":"a","durationMs":NaN}',
      status: 400,
      code: 'json',
    },
    { name: 'an empty array', body: '[]', status: 400, code: 'no-records' },
    { name: 'NDJSON of empty lines', body: '\n \r\n', headers: ndjson, status: 400, code: 'no-records' },
    {
      name: 'bytes that are not UTF-8',
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      status: 400,
      code: 'utf-8',
    },
    {
      name: 'UTF-16',
      body: Buffer.from(JSON.stringify(call), 'utf16le'),
      headers: { 'content-type': 'application/json; charset=utf-16' },
      status: 415,
      code: 'content-type',
    },
    {
      name: 'text/plain, which a web page may send',
      body: call,
      headers: { 'content-type': 'text/plain' },
      status: 415,
      code: 'content-type',
    },
    {
      name: 'a form, which a web page may send',
      body: `app=${SECRET}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
      code: 'content-type',
    },
    {
      name: 'a form with files, which a web page may send',
      body: '--x--',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      status: 415,
      code: 'content-type',
    },
    {
      name: 'brotli',
      body: call,
      headers: { ...json, 'content-encoding': 'br' },
      status: 415,
      code: 'content-encoding',
    },
    {
      name: 'corrupt gzip',
      body: gzipSync(JSON.stringify(call)).subarray(0, -10),
      headers: { ...json, 'content-encoding': 'gzip' },
      status: 400,
      code: 'gzip',
    },
    {
      name: 'a gzip bomb',
      body: gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
      headers: { ...json, 'content-encoding': 'gzip' },
      status: 413,
      code: 'body-too-large',
    },
    {
      name: '21 MiB with their length',
      body: Buffer.alloc(TOO_LARGE_BYTES, ' '),
      status: 413,
      code: 'body-too-large',
    },
    {
      name: '21 MiB in chunks',
      body: Buffer.alloc(TOO_LARGE_BYTES, ' '),
      headers: { ...json, 'transfer-encoding': 'chunked' },
      status: 413,
      code: 'body-too-large',
    },
    {
      name: 'more records than a request may hold',
      body: Array(LIMITS.recordsPerRequest + 1).fill({ app: 'a' }),
      status: 413,
      code: 'too-many-records',
    },
    {
      name: 'more lines than a request may hold',
      body: '{"app":"a"}\n'.repeat(LIMITS.recordsPerRequest + 1),
      headers: ndjson,
      status: 413,
      code: 'too-many-records',
    },
    { name: 'a foreign Host', body: call, headers: { ...json, host: 'evil.com' }, status: 403, code: 'host' },
    {
      name: 'a Host that begins like ours',
      body: call,
      headers: { ...json, host: '127.0.0.1.evil.com' },
      status: 403,
      code: 'host',
    },
    {
      name: 'the Host of another port',
      body: call,
      headers: { ...json, host: '127.0.0.1:1' },
      status: 403,
      code: 'host',
    },
    {
      name: 'the Host 0.0.0.0',
      body: call,
      headers: { ...json, host: '0.0.0.0' },
      status: 403,
      code: 'host',
    },
    {
      name: 'the Origin of a site',
      body: call,
      headers: { ...json, origin: 'https://evil.example' },
      status: 403,
      code: 'origin',
    },
    {
      name: 'the Origin null',
      body: call,
      headers: { ...json, origin: 'null' },
      status: 403,
      code: 'origin',
    },
    {
      name: 'a cross-site fetch',
      body: call,
      headers: { ...json, 'sec-fetch-site': 'cross-site' },
      status: 403,
      code: 'sec-fetch-site',
    },
  ]
  test.each(rows)(
    '$name: $status, counted, nothing stored, nothing repeated',
    async ({ body, headers = json, status, code }) => {
      const before = await statusOf(shared)
      const answer = await shared.send({ method: 'POST', path: '/v1/app-logs', headers, body })
      expect(answer.status).toBe(status)
      expect(answer.body).toEqual({ error: { code, message: someText } })
      expect(JSON.stringify(answer)).not.toContain(SECRET)
      const after = await statusOf(shared)
      expect(after.store.calls).toBe(0)
      expect(after.counters.refused[code]).toBe((before.counters.refused[code] ?? 0) + 1)
      expect(after.queue).toMatchObject({ records: 0, bytes: 0 })
    },
  )

  test('no content type: 415', async () => {
    const answer = await shared.send({ method: 'POST', path: '/v1/app-logs', body: call })
    expect(answer).toMatchObject({ status: 415, body: { error: { code: 'content-type' } } })
  })

  test('an announced length of 21 MiB: 413 before a byte of it is sent', async () => {
    const socket = connect(Number(new URL(shared.url).port), '127.0.0.1')
    socket.write(
      `POST /v1/app-logs HTTP/1.1\r\nhost: ${new URL(shared.url).host}\r\ncontent-type: application/json\r\ncontent-length: ${TOO_LARGE_BYTES}\r\n\r\n`,
    )
    const received: unknown[] = await once(socket, 'data')
    socket.destroy()
    const answer = String(received[0])
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('body-too-large')
  })

  test('21 MiB from a client that reads the answer only after it has sent everything: it gets to read it', async () => {
    const socket = connect(Number(new URL(shared.url).port), '127.0.0.1')
    const chunks: Buffer[] = []
    socket.write(
      `POST /v1/app-logs HTTP/1.1\r\nhost: ${new URL(shared.url).host}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ${TOO_LARGE_BYTES}\r\n\r\n`,
    )
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.write(Buffer.alloc(TOO_LARGE_BYTES, ' '), () => resolve())
    })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'end')
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a broken line of NDJSON: 400 with its number, nothing of the other lines stored', async () => {
    const body = `{"app":"a"}\n\n{"app":"${SECRET}\n{"app":"c"}\n`
    const answer = await shared.post(body, ndjson)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: { code: 'json', message: 'Line 3 of the body is not valid JSON.' } })
    expect(await storedCalls(shared)).toBe(0)
  })

  test('a connection cut in the middle of the body: counted, nothing stored', async () => {
    const before = (await statusOf(shared)).counters.refused['body-cut-off'] ?? 0
    const text = JSON.stringify(call)
    const socket = connect(Number(new URL(shared.url).port), '127.0.0.1')
    socket.write(
      `POST /v1/app-logs HTTP/1.1\r\nhost: ${new URL(shared.url).host}\r\ncontent-type: application/json\r\ncontent-length: ${text.length + 1}\r\n\r\n${text}`,
    )
    await once(socket, 'connect')
    socket.destroySoon()
    const { counters, store } = await eventually(
      () => statusOf(shared),
      (status) => (status.counters.refused['body-cut-off'] ?? 0) > before,
    )
    expect(counters.refused['body-cut-off']).toBe(before + 1)
    expect(store.calls).toBe(0)
  })

  test('a path where there is nothing: 404', async () => {
    const answer = await shared.send({ method: 'POST', path: '/nothing/here', headers: json, body: call })
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'path' } } })
  })

  test('a path under a foreign Host: 403 even for what is not there, and for health', async () => {
    for (const path of ['/nothing', '/healthz', '/openapi.json', '/v1/collector/status']) {
      const answer = await shared.send({
        path,
        headers: { host: 'evil.com', authorization: `Bearer ${shared.token}` },
      })
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'host' } } })
    }
  })

  test('a preflight of a web page: 403, without a header that allows anything', async () => {
    const answer = await shared.send({
      method: 'OPTIONS',
      path: '/v1/app-logs',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('headers beyond their limit: 431', async () => {
    const answer = await shared.post(call, { 'x-long': 'x'.repeat(LIMITS.headerBytes) })
    expect(answer.status).toBe(431)
  })

  test('leave the collector working', async () => {
    const answer = await shared.post({ ...call, requestId: 'after-all' })
    expect(ingestAnswerSchema.parse(answer.body)).toMatchObject({ accepted: 1, ids: ['after-all'] })
    expect(shared.log.lines.filter((line) => line.startsWith('error'))).toEqual([])
  })
})

describe('calls that are sent', () => {
  let shared: TestConsole
  beforeAll(async () => {
    shared = await startConsole()
  })
  afterAll(() => shared.close())

  const readCall = async (requestId: string) =>
    appLogSchema.parse((await shared.get(`/v1/app-logs/${encodeURIComponent(requestId)}`)).body)

  test.each([
    { name: 'one object', body: { ...call, requestId: 'object' }, headers: json, ids: ['object'] },
    {
      name: 'an array',
      body: [
        { ...call, requestId: 'one' },
        { ...call, requestId: 'two' },
      ],
      headers: json,
      ids: ['one', 'two'],
    },
    {
      name: 'NDJSON with empty lines and Windows line ends',
      body: '{"app":"a","requestId":"l1"}\r\n\n{"app":"a","requestId":"l2"}',
      headers: ndjson,
      ids: ['l1', 'l2'],
    },
    {
      name: 'gzip',
      body: gzipSync('{"app":"a","requestId":"zipped"}'),
      headers: { ...json, 'content-encoding': 'gzip' },
      ids: ['zipped'],
    },
    { name: 'a byte order mark', body: '\uFEFF{"app":"a","requestId":"bom"}', headers: json, ids: ['bom'] },
    {
      name: 'Sec-Fetch-Site none',
      body: { app: 'a', requestId: 'typed' },
      headers: { ...json, 'sec-fetch-site': 'none' },
      ids: ['typed'],
    },
    {
      name: 'an id with letters of any script and signs',
      body: { app: 'a', requestId: '请求/1?x=%20#"' },
      headers: json,
      ids: ['请求/1?x=%20#"'],
    },
  ])('as $name are stored', async ({ body, headers, ids }) => {
    const answer = await shared.post(body, headers)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ accepted: ids.length, duplicates: 0, rejected: 0, ids, errors: [] })
    for (const id of ids) expect((await readCall(id)).requestId).toBe(id)
  })

  test('come back as they were sent', async () => {
    await shared.post({
      requestId: 'whole',
      app: '客服',
      appType: 'CHAT',
      startedAt: '2026-11-24T10:00:00.5+08:00',
      durationMs: 1234.5678,
      inputTokens: 10,
      outputTokens: 5,
      cost: { amount: 0.0125, currency: 'USD' },
      prompt: [{ role: 'user', content: '<script>alert(1)</script>' }],
      response: 'text',
      tags: ['a'],
      attributes: { nested: { list: [1, 'two', null] } },
      traceId: 'ABCDEF',
      errorMessage: 'boom',
    })
    expect(await readCall('whole')).toMatchObject({
      app: '客服',
      appType: 'CHAT',
      status: 'error',
      startedAt: Date.UTC(2026, 10, 24, 2, 0, 0, 500),
      durationMs: 1234.568,
      totalTokens: 15,
      costNanos: 12_500_000,
      costSource: 'reported',
      prompt: [{ role: 'user', content: '<script>alert(1)</script>' }],
      response: 'text',
      tags: ['a'],
      attributes: { nested: { list: [1, 'two', null] } },
      traceId: 'abcdef',
      errorMessage: 'boom',
    })
  })

  test('with a NUL in their text are stored and found by it', async () => {
    await shared.post({ ...call, requestId: 'nul', prompt: 'before\u0000after', app: 'nul\u0000app' })
    expect(await readCall('nul')).toMatchObject({ prompt: 'before\u0000after', app: 'nul\u0000app' })
    for (const q of ['\u0000after', 'after']) {
      const { body } = await shared.get(`/v1/app-logs?q=${encodeURIComponent(q)}`)
      expect(body).toMatchObject({ items: [{ requestId: 'nul' }], nextCursor: null })
    }
  })

  test('by another program of this machine are stored', async () => {
    const script = `
      const response = await fetch('${shared.url}/v1/app-logs', {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"app":"a","requestId":"by-fetch"}' })
      process.stdout.write(String(response.status))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('200')
    expect((await readCall('by-fetch')).app).toBe('a')
  })

  test('one of a hundred wrong: the others are stored and the wrong one is described', async () => {
    const before = await storedCalls(shared)
    const batch = Array.from({ length: 100 }, (_, index) => ({
      app: 'batch',
      requestId: `batch-${index}`,
      inputTokens: index === 42 ? SECRET : 1,
    }))
    const answer = await shared.post(batch)
    expect(answer.status).toBe(200)
    const { ids, ...counts } = ingestAnswerSchema.parse(answer.body)
    expect(counts).toEqual({
      accepted: 99,
      duplicates: 0,
      rejected: 1,
      errors: [{ index: 42, path: 'inputTokens', reason: 'must be an integer >= 0' }],
    })
    expect(ids).toEqual(batch.map(({ requestId }) => requestId).filter((id) => id !== 'batch-42'))
    expect(JSON.stringify(answer)).not.toContain(SECRET)
    expect(await storedCalls(shared)).toBe(before + 99)
  })

  test('all wrong: 400 with the same body, each described by index and path', async () => {
    const before = await statusOf(shared)
    const answer = await shared.post([
      { app: 1 },
      SECRET,
      { app: 'a', cost: { amount: SECRET, currency: 'USD' } },
      { app: 'a', tags: ['ok', 5] },
    ])
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      accepted: 0,
      duplicates: 0,
      rejected: 4,
      ids: [],
      errors: [
        { index: 0, path: 'app', reason: 'must be text' },
        { index: 1, path: '', reason: 'must be an object' },
        { index: 2, path: 'cost.amount', reason: 'must be a number >= 0' },
        { index: 3, path: 'tags.1', reason: 'must be text' },
      ],
    })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
    const after = await statusOf(shared)
    expect(after.store.calls).toBe(before.store.calls)
    expect(after.counters.rejected).toBe(before.counters.rejected + 4)
  })

  test('twice are stored once and counted once, whether in one request or in two', async () => {
    const before = await statusOf(shared)
    const twice = { app: 'a', requestId: 'twice', inputTokens: 7 }
    expect((await shared.post([twice, twice])).body).toMatchObject({
      accepted: 1,
      duplicates: 1,
      ids: ['twice', 'twice'],
    })
    expect((await shared.post({ ...twice, inputTokens: 9 })).body).toMatchObject({
      accepted: 0,
      duplicates: 1,
    })
    expect((await readCall('twice')).inputTokens).toBe(7)
    const after = await statusOf(shared)
    expect(after.store.calls).toBe(before.store.calls + 1)
    expect(after.counters.duplicates).toBe(before.counters.duplicates + 2)
  })

  test('with the same id at the same moment are stored once', async () => {
    const before = await storedCalls(shared)
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => shared.post({ app: 'a', requestId: 'race', totalTokens: 3 })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200))
    const counts = answers.map(({ body }) => ingestAnswerSchema.parse(body))
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(29)
    expect(await storedCalls(shared)).toBe(before + 1)
  })

  test('with half a surrogate pair in their id are answered with the id that they are found by', async () => {
    const answer = await shared.post({ app: 'a', requestId: 'cut in the middle of \ud83d' })
    const [id = ''] = ingestAnswerSchema.parse(answer.body).ids
    expect(id).toBe('cut in the middle of \ufffd')
    expect((await readCall(id)).flags).toEqual(['text-repaired'])
  })

  test('without an id get one each, in order of time', async () => {
    const { ids } = ingestAnswerSchema.parse((await shared.post(Array(50).fill({ app: 'a' }))).body)
    expect(new Set(ids).size).toBe(50)
    expect((await readCall(ids[0] ?? '')).app).toBe('a')
    const later = ingestAnswerSchema.parse((await shared.post({ app: 'a' })).body).ids[0] ?? ''
    expect(ids.every((id) => id < later)).toBe(true)
  })

  test('with unknown fields are stored without them, and the fields are counted', async () => {
    const before = (await statusOf(shared)).counters.unknownFields
    const answer = await shared.post(
      '{"app":"a","requestId":"odd","surprise":1,"__proto__":{"model":"x"},"constructor":2}',
    )
    expect(answer.status).toBe(200)
    expect((await readCall('odd')).model).toBeNull()
    expect((await statusOf(shared)).counters.unknownFields).toBe(before + 3)
  })

  test('as many as a request may hold are stored', async () => {
    const before = await storedCalls(shared)
    const answer = await shared.post('{"app":"many"}\n'.repeat(LIMITS.recordsPerRequest), ndjson)
    expect(ingestAnswerSchema.parse(answer.body).accepted).toBe(LIMITS.recordsPerRequest)
    expect(await storedCalls(shared)).toBe(before + LIMITS.recordsPerRequest)
  })

  test('with the largest numbers allowed leave statistics and lists readable', async () => {
    const largest = {
      app: 'largest',
      startedAt: Date.UTC(2024, 0, 1),
      durationMs: LIMITS.durationMs,
      inputTokens: LIMITS.tokens,
      outputTokens: LIMITS.tokens,
      cost: { amount: LIMITS.reportedCost, currency: 'USD' },
    }
    const answer = await shared.post(Array(1000).fill(largest))
    expect(ingestAnswerSchema.parse(answer.body).accepted).toBe(1000)
    const summary = await shared.get('/v1/monitoring/summary?from=2024-01-01&to=2024-01-02&app=largest')
    expect(summary).toMatchObject({
      status: 200,
      body: {
        requests: 1000,
        totalTokens: 2000 * LIMITS.tokens,
        costNanos: 1000 * LIMITS.reportedCost * 1e9,
      },
    })
    expect((await shared.get('/v1/app-logs?from=2024-01-01&to=2024-01-02')).status).toBe(200)
  })
})

describe('a rejected flood', () => {
  test('is described up to a limit and counted whole', async () => {
    const opened = await consoleForTest()
    const answer = await opened.post(Array(LIMITS.errorsPerAnswer + 5).fill({}))
    expect(answer.status).toBe(400)
    const { rejected, errors } = ingestAnswerSchema.parse(answer.body)
    expect(rejected).toBe(LIMITS.errorsPerAnswer + 5)
    expect(errors).toHaveLength(LIMITS.errorsPerAnswer)
  })
})
