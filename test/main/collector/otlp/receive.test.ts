import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { LIMITS } from '#shared/limits.ts'
import {
  ExportServiceResponse,
  ExportTraceServiceRequest,
  Status,
} from '../../../../src/main/collector/otlp/schema.ts'
import type { TestConsole } from '../../../start-console.ts'
import { consoleForTest } from '../../../start-console.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' }
const statusSchema = z.object({ code: z.int(), message: z.string() })
const listSchema = z.object({ items: z.array(z.object({ requestId: z.string() })) })

let spans = 0
function span(overrides: Record<string, unknown> = {}) {
  spans += 1
  return {
    traceId: TRACE_ID,
    spanId: spans.toString(16).padStart(16, '0'),
    name: 'chat',
    startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    endTimeUnixNano: String(BigInt(Date.now() + 5) * 1_000_000n),
    attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } }],
    ...overrides,
  }
}

const traceRequest = (...items: unknown[]) => ({ resourceSpans: [{ scopeSpans: [{ spans: items }] }] })

const send = (
  console: TestConsole,
  body: unknown,
  headers: Record<string, string> = JSON_TYPE,
  path = '/v1/traces',
) => console.send({ method: 'POST', path, headers, body })

const storedCalls = async (console: TestConsole) =>
  listSchema.parse((await console.get('/v1/app-logs')).body).items.length

/** A value inside as many lists. */
function nested(levels: number): object {
  let value: object = { intValue: 1 }
  for (let level = 0; level < levels; level += 1) value = { arrayValue: { values: [value] } }
  return value
}

describe('OTLP requests', () => {
  test.each(['/v1/traces', '/v1/logs', '/v1/metrics'])(
    'an empty body at %s is an empty request',
    async (path) => {
      const console = await consoleForTest()
      expect(await send(console, '', JSON_TYPE, path)).toMatchObject({ status: 200, body: {} })
      expect(await send(console, '', PROTOBUF_TYPE, path)).toMatchObject({ status: 200, body: '' })
    },
  )

  test.each([
    ['broken JSON', '{"resourceSpans":'],
    ['an array', '[]'],
    ['a number', '7'],
    ['spans that are no list', JSON.stringify({ resourceSpans: {} })],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('%s is answered 400 with a Status in JSON', async (_name, body) => {
    const console = await consoleForTest()
    const answer = await send(console, body)
    expect(answer.status).toBe(400)
    expect(statusSchema.parse(answer.body).code).toBe(3)
    expect(await storedCalls(console)).toBe(0)
  })

  test('random bytes as protobuf are answered 400 with a Status in protobuf, or are a request without spans', async () => {
    const console = await consoleForTest()
    const answer = await console.send({
      method: 'POST',
      path: '/v1/traces',
      headers: PROTOBUF_TYPE,
      body: Buffer.from('this is no protobuf message'),
    })
    expect(answer.status).toBe(400)
    expect(answer.headers['content-type']).toBe('application/x-protobuf')
    expect(Status.decode(Buffer.from(String(answer.body)))).toMatchObject({ code: 3 })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const { status } = await send(console, bytes, PROTOBUF_TYPE)
        expect([200, 400]).toContain(status)
      }),
      { numRuns: 100 },
    )
  })

  test.each([
    ['a trace id of the wrong length', { traceId: 'abc' }],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }],
    ['no span id', { spanId: undefined }],
    ['a span id in base64', { spanId: 'AAAAAAAAAAE=' }],
    ['an enum by its name', { kind: 'SPAN_KIND_CLIENT' }],
    ['a status code by its name', { status: { code: 'STATUS_CODE_ERROR' } }],
    ['a time that is no number', { startTimeUnixNano: 'now' }],
    ['a negative time', { endTimeUnixNano: '-1' }],
    ['a name that is a boolean', { name: true }],
    ['an attribute that is no number', { attributes: [{ key: 'x', value: { intValue: 'many' } }] }],
    ['an attribute of too many levels', { attributes: [{ key: 'x', value: nested(LIMITS.jsonDepth) }] }],
    ['an attribute of very many levels', { attributes: [{ key: 'x', value: nested(1_000) }] }],
    ['too many attributes', { attributes: Array(LIMITS.jsonKeys + 1).fill({ key: 'x' }) }],
  ])('%s is refused alone: partial success', async (_name, overrides) => {
    const console = await consoleForTest()
    const answer = await send(console, traceRequest(span(overrides), span()))
    expect(answer).toMatchObject({ status: 200, body: { partialSuccess: { rejectedSpans: '1' } } })
    expect(await storedCalls(console)).toBe(1)
  })

  test('when all are bad the answer is still 200, with their number', async () => {
    const console = await consoleForTest()
    const answer = await send(console, traceRequest(span({ traceId: '' }), span({ spanId: 'x' })))
    expect(answer).toMatchObject({ status: 200, body: { partialSuccess: { rejectedSpans: '2' } } })
    const protobuf = ExportTraceServiceRequest.encode(
      traceRequest({ traceId: Buffer.from([1]), name: 'x' }),
    ).finish()
    const inProtobuf = await send(console, protobuf, PROTOBUF_TYPE)
    const decoded = ExportServiceResponse.toObject(
      ExportServiceResponse.decode(Buffer.from(String(inProtobuf.body))),
      {
        longs: Number,
      },
    )
    expect(decoded).toMatchObject({ partialSuccess: { rejected: 1 } })
    expect(await storedCalls(console)).toBe(0)
  })

  test('unknown fields are ignored, 64-bit integers come as text or as numbers', async () => {
    const console = await consoleForTest()
    const attributes = [
      { key: 'gen_ai.request.model', value: { stringValue: 'm' }, future: 1 },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: 8 } },
    ]
    const { traceId, spanId, ...rest } = span({ attributes, droppedAttributesCount: 1, future: {} })
    await send(console, { ...traceRequest({ traceId, spanId, ...rest }), future: [] })
    const answer = await console.get(`/v1/app-logs/${traceId}-${spanId}`)
    expect(answer.body).toMatchObject({ inputTokens: 12, outputTokens: 8, totalTokens: 20 })
  })

  test.each(['JSON', 'protobuf'])('an id that no number can hold stays as it is in %s', async (encoding) => {
    const console = await consoleForTest()
    const attributes = [
      { key: 'gen_ai.request.model', value: { stringValue: 'm' } },
      { key: 'user.id', value: { intValue: '1234567890123456789' } },
      { key: 'least', value: { intValue: '-9223372036854775808' } },
      { key: 'plain', value: { intValue: '-7' } },
    ]
    const item = span({ attributes })
    if (encoding === 'JSON') await send(console, traceRequest(item))
    else {
      const ids = { traceId: Buffer.from(TRACE_ID, 'hex'), spanId: Buffer.from(item.spanId, 'hex') }
      const message = ExportTraceServiceRequest.fromObject(traceRequest({ ...item, ...ids }))
      await send(console, ExportTraceServiceRequest.encode(message).finish(), PROTOBUF_TYPE)
    }
    const answer = await console.get(`/v1/app-logs/${TRACE_ID}-${item.spanId}`)
    expect(answer.body).toMatchObject({
      userId: '1234567890123456789',
      attributes: { least: '-9223372036854775808', plain: -7 },
    })
  })

  test('a span that names itself as its parent counts as one that has none', async () => {
    const console = await consoleForTest()
    const attributes = [
      { key: 'gen_ai.request.model', value: { stringValue: 'm' } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
    ]
    const item = span({ attributes })
    await send(console, traceRequest({ ...item, parentSpanId: item.spanId }))
    const range = `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`
    const summary = await console.get(`/v1/monitoring/summary?${range}`)
    expect(summary.body).toMatchObject({ requests: 1, inputTokens: 12 })
  })

  test('the same span sent twice is stored once, with another content it is a conflict', async () => {
    const console = await consoleForTest()
    const first = span()
    await send(console, traceRequest(first))
    await send(console, traceRequest(first))
    await send(
      console,
      traceRequest({ ...first, endTimeUnixNano: String(BigInt(first.endTimeUnixNano) + 9_000_000n) }),
    )
    const { counters } = collectorStatusSchema.parse((await console.get('/v1/collector/status')).body)
    expect(counters).toMatchObject({ accepted: 1, duplicates: 2, conflicts: 1 })
  })

  test('a span that ends before it starts is flagged and has no duration', async () => {
    const console = await consoleForTest()
    const item = span({ endTimeUnixNano: '1' })
    await send(console, traceRequest(item))
    const answer = await console.get(`/v1/app-logs/${item.traceId}-${item.spanId}`)
    expect(answer.body).toMatchObject({ durationMs: null, flags: ['end-before-start'] })
  })

  test('gzip is read, a double one is not a request', async () => {
    const console = await consoleForTest()
    const body = gzipSync(JSON.stringify(traceRequest(span())))
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    expect((await send(console, body, headers)).status).toBe(200)
    expect((await send(console, gzipSync(body), headers)).status).toBe(400)
    expect(await storedCalls(console)).toBe(1)
  })

  test.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
  ])('%s is answered %i', async (contentType, status) => {
    const console = await consoleForTest()
    const answer = await send(console, 'x', { 'content-type': contentType })
    expect(answer.status).toBe(status)
    expect(statusSchema.parse(answer.body).message).toContain('Content-Type')
  })

  test('more spans than a request may hold are answered 413', async () => {
    const console = await consoleForTest()
    const tiny = { traceId: TRACE_ID, spanId: '00000000000000aa' }
    const answer = await send(
      console,
      traceRequest(...Array<object>(LIMITS.recordsPerRequest + 1).fill(tiny)),
    )
    expect(answer.status).toBe(413)
    expect(await storedCalls(console)).toBe(0)
  })

  test('metrics are accepted and not kept', async () => {
    const console = await consoleForTest()
    const answer = await send(console, { resourceMetrics: [] }, JSON_TYPE, '/v1/metrics')
    expect(answer).toMatchObject({ status: 200, body: {} })
  })
})

describe('GenAI log events', () => {
  const logRequest = (...records: unknown[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] })
  const text = (stringValue: string) => ({ stringValue })

  test('complete the call of their span, whether they come before it or after', async () => {
    const console = await consoleForTest()
    for (const order of ['before', 'after']) {
      const item = span()
      const events = logRequest(
        {
          traceId: item.traceId,
          spanId: item.spanId,
          timeUnixNano: '1',
          eventName: 'gen_ai.user.message',
          body: { kvlistValue: { values: [{ key: 'content', value: text('你好') }] } },
        },
        {
          traceId: item.traceId,
          spanId: item.spanId,
          timeUnixNano: '2',
          attributes: [
            { key: 'event.name', value: text('gen_ai.choice') },
            { key: 'message', value: text('Hi!') },
          ],
        },
        { eventName: 'something.else', body: text('not ours') },
      )
      const requests = [
        () => send(console, traceRequest(item)),
        () => send(console, events, JSON_TYPE, '/v1/logs'),
      ]
      for (const request of order === 'before' ? requests.reverse() : requests) {
        expect((await request()).status).toBe(200)
      }
      // Sent again, they are not doubled.
      await send(console, events, JSON_TYPE, '/v1/logs')
      const answer = await console.get(`/v1/app-logs/${item.traceId}-${item.spanId}`)
      expect(answer.body).toMatchObject({
        prompt: [{ role: 'user', content: '你好' }],
        response: [{ role: 'assistant', message: 'Hi!' }],
      })
    }
  })

  test('that name no span become calls of their own, once', async () => {
    const console = await consoleForTest()
    const event = logRequest({
      timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: [
        { key: 'gen_ai.operation.name', value: text('chat') },
        { key: 'gen_ai.request.model', value: text('qwen-max') },
        { key: 'gen_ai.input.messages', value: text('[{"role":"user"}]') },
      ],
    })
    await send(console, event, JSON_TYPE, '/v1/logs')
    await send(console, event, JSON_TYPE, '/v1/logs')
    const { items } = z
      .object({ items: z.array(z.object({ requestModel: z.string(), operation: z.string() })) })
      .parse((await console.get('/v1/app-logs')).body)
    expect(items).toEqual([{ requestModel: 'qwen-max', operation: 'chat' }])
  })
})
