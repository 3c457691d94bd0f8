import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import {
  ANTHROPIC_MODEL,
  ANTHROPIC_TEXT,
  ANTHROPIC_TOOL_CALL,
  startAnthropic,
} from '../../../vendors/anthropic-server.ts'
import { consoleWith, onlyCall } from './open-proxy.ts'

const TEXT = ANTHROPIC_TEXT.join('')
const REQUEST = {
  model: 'claude-for-tests',
  max_tokens: 100,
  system: 'Be kind.',
  messages: [{ role: 'user' as const, content: 'Guten Tag' }],
  metadata: { user_id: 'from-metadata' },
}
const TOOLS = [{ name: 'weather', input_schema: { type: 'object' as const } }]
const EXPECTED = {
  source: 'proxy',
  app: 'checkout-bot',
  sessionId: 'session-3',
  userId: 'from-metadata',
  provider: 'anthropic',
  operation: 'chat',
  requestModel: 'claude-for-tests',
  model: ANTHROPIC_MODEL,
  status: 'ok',
  // 20 beside 300 written to the cache and 1,000 read from it.
  inputTokens: 1_320,
  cachedInputTokens: 1_000,
  cacheWriteTokens: 300,
  outputTokens: 45,
  totalTokens: 1_365,
  usageSource: 'reported',
  prompt: [{ role: 'system', content: 'Be kind.' }, ...REQUEST.messages],
}

async function setUp() {
  const vendor = await startAnthropic()
  const opened = await consoleWith({ anthropic: vendor.url })
  const client = new Anthropic({
    apiKey: 'sk-ant-test-key-0123456789',
    baseURL: `${opened.url}/proxy/anthropic`,
    maxRetries: 0,
    defaultHeaders: { 'x-llmops-app': 'checkout-bot', 'x-llmops-session': 'session-3' },
  })
  return { vendor, opened, client }
}

describe('the @anthropic-ai/sdk package through the proxy', () => {
  test('messages, not streaming', async () => {
    const { vendor, opened, client } = await setUp()
    const { data, response } = await client.messages.create(REQUEST).withResponse()
    expect(data.content).toMatchObject([{ type: 'text', text: TEXT }])
    expect(response.headers.get('request-id')).toBe('req_1')
    const call = await onlyCall(opened)
    expect(call).toMatchObject({ ...EXPECTED, response: TEXT, ttftMs: null })
    expect(call.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['end_turn'] })
    expect(vendor.seen[0]?.headers.authorization).toBe('Bearer sk-ant-test-key-0123456789')
  })

  test('messages, streaming', async () => {
    const { opened, client } = await setUp()
    const message = await client.messages.stream(REQUEST).finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: TEXT }])
    expect(message.usage.output_tokens).toBe(45)
    const call = await onlyCall(opened)
    expect(call).toMatchObject({ ...EXPECTED, response: TEXT })
    expect(call.ttftMs).toBeGreaterThan(0)
  })

  test.each([true, false])('tool use, streaming %s: the same call', async (stream) => {
    const { opened, client } = await setUp()
    const request = { ...REQUEST, tools: TOOLS }
    if (stream) await client.messages.stream(request).finalMessage()
    else await client.messages.create(request)
    const { id, name, input } = ANTHROPIC_TOOL_CALL
    const call = await onlyCall(opened)
    expect(call).toMatchObject({
      ...EXPECTED,
      response: [
        {
          role: 'assistant',
          content: TEXT,
          tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }],
        },
      ],
    })
    expect(call.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['tool_use'] })
  })

  test('counting tokens is no call', async () => {
    const { opened, client } = await setUp()
    const { model, messages } = REQUEST
    expect((await client.messages.countTokens({ model, messages })).input_tokens).toBe(12)
    await client.messages.create(REQUEST)
    await onlyCall(opened)
  })

  test('a stream given up before its end: input tokens are known, output tokens estimated by what came', async () => {
    const { vendor, opened, client } = await setUp()
    vendor.pause = () => new Promise(() => undefined)
    const stream = await client.messages.create({ ...REQUEST, stream: true })
    for await (const event of stream) {
      if (event.type === 'content_block_delta') break
    }
    expect(await onlyCall(opened)).toMatchObject({
      status: 'error',
      errorType: 'client_abort',
      inputTokens: 1_320,
      outputTokens: 2,
      totalTokens: 1_322,
      usageSource: 'estimated',
      response: ANTHROPIC_TEXT[0],
    })
  })
})
