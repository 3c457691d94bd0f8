import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { appLogSchema } from '#shared/contract/app-logs.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import type { TestConsole } from '../../../start-console.ts'
import { consoleForTest, startConsole } from '../../../start-console.ts'
import { o200k } from './vocabularies.ts'

const QUESTION = '请用三句话介绍一下上海。What is it known for?'
const ANSWER = '上海是中国最大的城市之一。It is known for its skyline.'
const SILENT = { app: 'shop', provider: 'openai', model: 'gpt-4o', prompt: QUESTION, response: ANSWER }
const INPUT = o200k(QUESTION)
const OUTPUT = o200k(ANSWER)

let shared: TestConsole
beforeAll(async () => {
  shared = await startConsole()
})
afterAll(() => shared.close())

const read = async (requestId: string, from: TestConsole = shared) =>
  appLogSchema.parse((await from.get(`/v1/app-logs/${requestId}`)).body)
const counters = async (of: TestConsole) =>
  collectorStatusSchema.parse((await of.get('/v1/collector/status')).body).counters

describe('a call that does not report its tokens', () => {
  test('has them counted and priced before the answer says that it is stored', async () => {
    expect((await shared.post({ ...SILENT, requestId: 'silent' })).status).toBe(200)
    expect(await read('silent')).toMatchObject({
      inputTokens: INPUT,
      outputTokens: OUTPUT,
      totalTokens: INPUT + OUTPUT,
      usageSource: 'estimated',
      // $2.50 and $10 a million tokens.
      costNanos: INPUT * 2_500 + OUTPUT * 10_000,
      costSource: 'computed',
      flags: [],
    })
  })

  test('is the same call when it is sent again', async () => {
    const record = { ...SILENT, requestId: 'again', app: 'twice', startedAt: Date.now() }
    const answers = await Promise.all([shared.post(record), shared.post(record), shared.post(record)])
    const stored = answers.map(({ body }) => (body as { accepted: number }).accepted)
    expect(stored.reduce((sum, accepted) => sum + accepted)).toBe(1)
    expect((await counters(shared)).conflicts).toBe(0)
    const summary = (await shared.get(`/v1/monitoring/summary?from=0&to=${Date.now() + 1000}&app=twice`)).body
    expect(summary).toMatchObject({
      requests: 1,
      inputTokens: INPUT,
      outputTokens: OUTPUT,
      unpricedRequests: 0,
    })
  })

  test('does not change what others of the same request report', async () => {
    const reporting = { ...SILENT, inputTokens: 7, outputTokens: 8 }
    await shared.post([
      { ...SILENT, requestId: 'mixed-1' },
      { ...reporting, requestId: 'mixed-2' },
      { ...SILENT, requestId: 'mixed-3', outputTokens: 500 },
    ])
    expect(await read('mixed-1')).toMatchObject({ inputTokens: INPUT, usageSource: 'estimated' })
    expect(await read('mixed-2')).toMatchObject({ inputTokens: 7, totalTokens: 15, usageSource: 'reported' })
    expect(await read('mixed-3')).toMatchObject({
      inputTokens: INPUT,
      outputTokens: 500,
      usageSource: 'estimated',
    })
  })

  test('keeps a cost that it reports', async () => {
    await shared.post({ ...SILENT, requestId: 'paid', cost: { amount: 0.5, currency: 'USD' } })
    expect(await read('paid')).toMatchObject({
      inputTokens: INPUT,
      usageSource: 'estimated',
      costNanos: 500_000_000,
      costSource: 'reported',
    })
  })

  test('stays without counts where there is nothing to count, or nothing was answered', async () => {
    await shared.post([
      { app: 'shop', model: 'gpt-4o', requestId: 'no-texts' },
      { ...SILENT, requestId: 'refused', status: 'error', response: undefined },
      { ...SILENT, requestId: 'no-model', model: undefined },
    ])
    for (const id of ['no-texts', 'refused', 'no-model']) {
      expect(await read(id)).toMatchObject({
        inputTokens: null,
        usageSource: null,
        costNanos: null,
        flags: [],
      })
    }
  })

  test('is counted, too, when it comes as a span, once however its spans are nested', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const span = (spanId: string, parentSpanId: string) => ({
      traceId,
      spanId,
      parentSpanId,
      name: 'chat',
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now()}000000`,
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.request.model', 'gpt-4o'),
        text(
          'gen_ai.input.messages',
          JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: QUESTION }] }]),
        ),
        text(
          'gen_ai.output.messages',
          JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }] }]),
        ),
      ],
    })
    const resource = { attributes: [text('service.name', 'nested')] }
    const spans = [span('b7ad6b7169203332', 'b7ad6b7169203331'), span('b7ad6b7169203331', '')]
    const answer = await shared.send({
      method: 'POST',
      path: '/v1/traces',
      headers: { 'content-type': 'application/json' },
      body: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] },
    })
    expect(answer.status).toBe(200)
    const summary = (await shared.get(`/v1/monitoring/summary?from=0&to=${Date.now() + 1000}&app=nested`))
      .body
    // What is around one message: three tokens, its role, and three for the answer.
    expect(summary).toMatchObject({ requests: 1, inputTokens: INPUT + 7, outputTokens: OUTPUT })
  })
})

test('estimates can be switched off and on again', async () => {
  const opened = await consoleForTest()
  const choose = (estimateMissingTokens: boolean) =>
    opened.send({
      method: 'PUT',
      path: '/v1/settings',
      headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
      body: { estimateMissingTokens },
    })
  expect((await choose(false)).status).toBe(200)
  await opened.post({ ...SILENT, requestId: 'off' })
  await choose(true)
  await opened.post({ ...SILENT, requestId: 'on' })
  expect(await read('off', opened)).toMatchObject({ inputTokens: null, usageSource: null, flags: [] })
  expect(await read('on', opened)).toMatchObject({ inputTokens: INPUT, usageSource: 'estimated' })
  expect(await counters(opened)).toMatchObject({ accepted: 2, notEstimated: 0 })
})

test('a megabyte of one letter is a call like any other', async () => {
  const letter = 'a'.repeat(1_000_000)
  expect(
    (await shared.post({ ...SILENT, requestId: 'flood', prompt: letter, response: letter })).status,
  ).toBe(200)
  // Eight of the letter are a token.
  expect(await read('flood')).toMatchObject({
    usageSource: 'estimated',
    inputTokens: expect.closeTo(125_000, -3) as number,
  })
})
