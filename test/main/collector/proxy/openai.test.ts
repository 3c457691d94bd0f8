import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { TestConsole } from '../../../start-console.ts'
import { OPENAI_MODEL, OPENAI_TEXT, OPENAI_TOOL_CALL, startOpenAi } from '../../../vendors/openai-server.ts'
import { drain } from './body-parts.ts'
import { callsOf, consoleWith, onlyCall, statusOf } from './open-proxy.ts'

const TEXT = OPENAI_TEXT.join('')
const MESSAGES = [{ role: 'user' as const, content: 'Grüß die Welt' }]
const TOOLS = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }]
const REPORTED = {
  inputTokens: 100,
  outputTokens: 40,
  totalTokens: 140,
  cachedInputTokens: 64,
  cacheWriteTokens: 8,
  reasoningTokens: 25,
  usageSource: 'reported',
}
const SOME_NUMBER: unknown = expect.any(Number)

/** The package as an app uses it: only the base URL differs, and the labels that it adds. */
function clientOf(opened: TestConsole): OpenAI {
  return new OpenAI({
    apiKey: 'sk-test-key-0123456789',
    baseURL: `${opened.url}/proxy/openai/v1`,
    maxRetries: 0,
    defaultHeaders: {
      'x-llmops-app': 'checkout-bot',
      'x-llmops-user': 'user-7',
      'x-llmops-session': 'session-3',
      'x-llmops-tags': 'beta, eu ,',
    },
  })
}

async function setUp() {
  const vendor = await startOpenAi()
  const opened = await consoleWith({ openai: vendor.url })
  return { vendor, opened, client: clientOf(opened) }
}

const LABELS = {
  source: 'proxy',
  app: 'checkout-bot',
  userId: 'user-7',
  sessionId: 'session-3',
  tags: ['beta', 'eu'],
  provider: 'openai',
}

describe('the openai package through the proxy', () => {
  test('chat, not streaming: one call with everything that the answer tells', async () => {
    const { vendor, opened, client } = await setUp()
    const answer = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: MESSAGES,
      temperature: 0.5,
      max_completion_tokens: 50,
    })
    expect(answer.choices[0]?.message.content).toBe(TEXT)
    const call = await onlyCall(opened)
    expect(call).toMatchObject({
      ...LABELS,
      ...REPORTED,
      operation: 'chat',
      requestModel: 'gpt-4o-mini',
      model: OPENAI_MODEL,
      status: 'ok',
      errorType: null,
      ttftMs: null,
      prompt: MESSAGES,
      response: TEXT,
      attributes: {
        'http.response.status_code': 200,
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.max_tokens': 50,
      },
    })
    expect(call.durationMs).toBeGreaterThan(0)
    expect(call.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(vendor.seen).toHaveLength(1)
    const [seen] = vendor.seen
    expect(seen?.url).toBe('/v1/chat/completions')
    expect(seen?.headers.authorization).toBe('Bearer sk-test-key-0123456789')
    expect(seen?.headers.host).toBe(new URL(vendor.url).host)
    expect(Object.keys(seen?.headers ?? {}).filter((name) => name.startsWith('x-llmops'))).toEqual([])
  })

  test('chat, streaming with usage: the same call, and when its first token came', async () => {
    const { opened, client } = await setUp()
    const stream = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(TEXT)
    const call = await onlyCall(opened)
    expect(call).toMatchObject({
      ...LABELS,
      ...REPORTED,
      requestModel: 'gpt-4o-mini',
      model: OPENAI_MODEL,
      status: 'ok',
      prompt: MESSAGES,
      response: TEXT,
    })
    expect(call.ttftMs).toBeGreaterThan(0)
    expect(call.ttftMs ?? Infinity).toBeLessThanOrEqual(call.durationMs ?? 0)
  })

  test('chat, streaming without usage: tokens are estimated', async () => {
    const { opened, client } = await setUp()
    const stream = await client.chat.completions.create({ model: 'm', messages: MESSAGES, stream: true })
    await drain(stream)
    expect(await onlyCall(opened)).toMatchObject({
      inputTokens: SOME_NUMBER,
      outputTokens: SOME_NUMBER,
      cachedInputTokens: null,
      reasoningTokens: null,
      usageSource: 'estimated',
      status: 'ok',
      response: TEXT,
    })
  })

  test.each([true, false])('tool calls, streaming %s: kept with their arguments', async (stream) => {
    const { opened, client } = await setUp()
    const request = { model: 'm', messages: MESSAGES, tools: TOOLS }
    if (stream) {
      await drain(await client.chat.completions.create({ ...request, stream }))
    } else await client.chat.completions.create({ ...request, stream })
    const { id, name, arguments: text } = OPENAI_TOOL_CALL
    const call = await onlyCall(opened)
    expect(call.response).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name, arguments: text } }],
      },
    ])
    expect(call.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['tool_calls'] })
  })

  test.each([true, false])('responses, streaming %s', async (stream) => {
    const { opened, client } = await setUp()
    const request = { model: 'gpt-4o-mini', instructions: 'Be kind.', input: 'Grüß die Welt' }
    if (stream) {
      let text = ''
      for await (const event of await client.responses.create({ ...request, stream })) {
        if (event.type === 'response.output_text.delta') text += event.delta
      }
      expect(text).toBe(TEXT)
    } else expect((await client.responses.create({ ...request, stream })).output_text).toBe(TEXT)
    const call = await onlyCall(opened)
    expect(call).toMatchObject({
      ...LABELS,
      ...REPORTED,
      operation: 'chat',
      requestModel: 'gpt-4o-mini',
      model: OPENAI_MODEL,
      status: 'ok',
      response: TEXT,
      prompt: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Grüß die Welt' },
      ],
    })
    expect(call.ttftMs === null).toBe(!stream)
  })

  test('embeddings: input tokens, and no vectors', async () => {
    const { opened, client } = await setUp()
    await client.embeddings.create({ model: 'text-embedding-3-small', input: ['eins', 'zwei'] })
    expect(await onlyCall(opened)).toMatchObject({
      ...LABELS,
      operation: 'embeddings',
      model: 'text-embedding-3-small',
      status: 'ok',
      inputTokens: 7,
      outputTokens: null,
      totalTokens: 7,
      prompt: ['eins', 'zwei'],
      response: null,
    })
  })

  test('what is no call of a model passes and is not recorded', async () => {
    const { vendor, opened, client } = await setUp()
    expect((await client.models.list()).data[0]?.id).toBe('gpt-4o-mini')
    await client.chat.completions.create({ model: 'm', messages: MESSAGES })
    expect((await onlyCall(opened)).operation).toBe('chat')
    expect(vendor.seen.map(({ method }) => method)).toEqual(['GET', 'POST'])
    expect((await statusOf(opened)).counters).toMatchObject({ accepted: 1, refused: {}, dropped: {} })
  })

  test("the user is the request's where no header names one, the app a default", async () => {
    const { opened } = await setUp()
    const client = new OpenAI({ apiKey: 'k', baseURL: `${opened.url}/proxy/openai/v1`, maxRetries: 0 })
    await client.chat.completions.create({ model: 'm', messages: MESSAGES, user: 'from-body' })
    expect(await onlyCall(opened)).toMatchObject({
      userId: 'from-body',
      app: 'default',
      sessionId: null,
      tags: [],
    })
  })

  test('a request id of the caller is kept, and those of automatic retries told apart', async () => {
    const { vendor, opened } = await setUp()
    vendor.failure = { status: 503, body: { error: { message: 'later' } }, headers: { 'retry-after': '0' } }
    const client = new OpenAI({ apiKey: 'k', baseURL: `${opened.url}/proxy/openai/v1`, maxRetries: 1 })
    const options = { headers: { 'x-llmops-request-id': 'mine' } }
    await expect(
      client.chat.completions.create({ model: 'm', messages: MESSAGES }, options),
    ).rejects.toThrow()
    expect(vendor.seen).toHaveLength(2)
    expect((await callsOf(opened, 2)).map(({ requestId }) => requestId).sort()).toEqual([
      'mine',
      'mine-retry-1',
    ])
  })
})
