import { describe, expect, test } from 'vitest'
import type { AttributeValue, OtlpSpan } from '../../../../src/main/ingest/index.ts'
import { spanToCall } from '../../../../src/main/ingest/index.ts'

const START_MS = Date.UTC(2026, 0, 5)

function spanWith(attributes: Record<string, AttributeValue>, overrides: Partial<OtlpSpan> = {}): OtlpSpan {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: null,
    name: 'span',
    startNs: BigInt(START_MS) * 1_000_000n,
    endNs: BigInt(START_MS + 1_500) * 1_000_000n,
    hasErrorStatus: false,
    statusMessage: '',
    attributes: new Map(Object.entries(attributes)),
    events: [],
    resource: new Map([['service.name', 'app']]),
    ...overrides,
  }
}

const callOf = (attributes: Record<string, AttributeValue>, overrides: Partial<OtlpSpan> = {}) =>
  spanToCall(spanWith(attributes, overrides), START_MS)

/** The same call as each convention writes it, by the attribute names that the conventions publish. */
const CONVENTIONS: { name: string; attributes: Record<string, AttributeValue> }[] = [
  {
    name: 'OpenTelemetry GenAI',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 40,
      'gen_ai.usage.cache_read.input_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 10,
      'user.id': 'u1',
      'gen_ai.conversation.id': 's1',
    },
  },
  {
    name: 'OpenTelemetry GenAI before 1.37',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 40,
      'gen_ai.usage.cached_tokens': 30,
      'gen_ai.usage.reasoning_tokens': 10,
      'enduser.id': 'u1',
      'session.id': 's1',
    },
  },
  {
    name: 'OpenInference',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'openai',
      'llm.model_name': 'gpt-4o-2024-08-06',
      'llm.token_count.prompt': 100,
      'llm.token_count.completion': 40,
      'llm.token_count.total': 140,
      'llm.token_count.prompt_details.cache_read': 30,
      'llm.token_count.completion_details.reasoning': 10,
      'user.id': 'u1',
      'session.id': 's1',
    },
  },
  {
    name: 'OpenLLMetry',
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 40,
      'llm.usage.total_tokens': 140,
      'gen_ai.usage.cache_read_input_tokens': 30,
      'gen_ai.usage.reasoning_tokens': 10,
      'traceloop.association.properties.user_id': 'u1',
      'traceloop.association.properties.session_id': 's1',
    },
  },
  {
    name: 'Vercel AI SDK',
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'openai',
      'ai.model.id': 'gpt-4o',
      'ai.response.model': 'gpt-4o-2024-08-06',
      'ai.usage.inputTokens': 100,
      'ai.usage.outputTokens': 40,
      'ai.usage.cachedInputTokens': 30,
      'ai.usage.reasoningTokens': 10,
      'ai.telemetry.metadata.userId': 'u1',
      'ai.telemetry.metadata.sessionId': 's1',
    },
  },
  {
    name: 'Langfuse',
    attributes: {
      'langfuse.observation.type': 'generation',
      'gen_ai.system': 'openai',
      'langfuse.observation.model.name': 'gpt-4o-2024-08-06',
      'langfuse.observation.usage_details': JSON.stringify({
        input: 70,
        input_cache_read: 30,
        output: 40,
        output_reasoning: 10,
        total: 140,
      }),
      'langfuse.user.id': 'u1',
      'langfuse.session.id': 's1',
    },
  },
]

describe('spanToCall', () => {
  test.each(CONVENTIONS)('reads $name', ({ attributes }) => {
    expect(callOf(attributes)).toMatchObject({
      isStep: false,
      operation: 'chat',
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      inputTokens: 100,
      outputTokens: 40,
      totalTokens: 140,
      cachedInputTokens: 30,
      reasoningTokens: 10,
      usageSource: 'reported',
      userId: 'u1',
      sessionId: 's1',
      durationUs: 1_500_000,
      startedAt: START_MS,
    })
  })

  test('a span that names neither model nor operation is a step', () => {
    expect(callOf({ 'http.request.method': 'POST' })).toMatchObject({ isStep: true, operation: 'span' })
    expect(callOf({ 'openinference.span.kind': 'CHAIN' })).toMatchObject({ isStep: true, operation: 'span' })
    expect(callOf({ 'langfuse.observation.type': 'span' })).toMatchObject({ isStep: true, operation: 'span' })
    expect(callOf({ 'openinference.span.kind': 'TOOL' })).toMatchObject({
      isStep: false,
      operation: 'execute_tool',
    })
  })

  test.each([
    [{ input: 100, output: 40, total: 140, cached: 30 }, 100],
    // Beside the input, as Anthropic counts: the parts only add up that way.
    [{ input: 100, output: 40, total: 170, cached: 30 }, 130],
    [{ input: 10, output: 40, total: null, cached: 30 }, 40],
  ])('of %o the input is %i tokens', ({ input, output, total, cached }, expected) => {
    const call = callOf({
      'llm.model_name': 'm',
      'llm.token_count.prompt': input,
      'llm.token_count.completion': output,
      'llm.token_count.prompt_details.cache_read': cached,
      ...(total === null ? {} : { 'llm.token_count.total': total }),
    })
    expect(call.inputTokens).toBe(expected)
    expect(call.totalTokens).toBe(total ?? expected + output)
  })

  test.each([
    // Langfuse's SDKs take every part out of what it is a part of.
    [
      {
        input: 28,
        input_cached_tokens: 64,
        input_cache_write_tokens: 8,
        output: 15,
        output_reasoning_tokens: 25,
      },
    ],
    [
      {
        input: 100,
        input_cached_tokens: 64,
        input_cache_write_tokens: 8,
        output: 40,
        output_reasoning_tokens: 25,
      },
    ],
    [
      {
        input: 28,
        cache_read_input_tokens: 64,
        cache_creation_input_tokens: 8,
        output: 40,
        reasoning_tokens: 25,
      },
    ],
  ])('of %o of 140 Langfuse’s input is 100 tokens and its output 40', (details) => {
    const usage = JSON.stringify({ ...details, total: 140 })
    expect(callOf({ 'langfuse.observation.usage_details': usage })).toMatchObject({
      inputTokens: 100,
      outputTokens: 40,
      totalTokens: 140,
      cachedInputTokens: 64,
      cacheWriteTokens: 8,
      reasoningTokens: 25,
    })
  })

  test('messages that are spread over numbered attributes are put together in their order', () => {
    const openInference = callOf({
      'llm.model_name': 'm',
      'input.value': 'the same as text',
      'llm.input_messages.1.message.content': '你好',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.0.message.content': 'Be brief.',
    })
    expect(JSON.parse(openInference.prompt?.text ?? '')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { content: '你好', role: 'user' },
    ])
    const openLLMetry = callOf({
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'Hi',
    })
    expect(JSON.parse(openLLMetry.response?.text ?? '')).toEqual([{ role: 'assistant', content: 'Hi' }])
  })

  test('system instructions that are kept apart come first', () => {
    const call = callOf({
      'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]',
      'gen_ai.input.messages': '[{"role":"user"}]',
    })
    expect(JSON.parse(call.prompt?.text ?? '')).toEqual([
      { role: 'system', content: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user' },
    ])
  })

  test.each([
    [{ 'gen_ai.response.time_to_first_chunk': 0.42 }, 420_000],
    [{ 'gen_ai.server.time_to_first_token': '0.1' }, 100_000],
    [{ 'gen_ai.client.operation.time_to_first_chunk': 0.018 }, 18_000],
    [{ 'ai.response.msToFirstChunk': 12.5 }, 12_500],
    [
      { 'langfuse.observation.completion_start_time': `"${new Date(START_MS + 300).toISOString()}"` },
      300_000,
    ],
    [{ 'langfuse.observation.completion_start_time': 'soon' }, null],
    [{ 'gen_ai.response.time_to_first_chunk': -1 }, null],
  ])('of %o the time to the first token is %s µs', (attributes: Record<string, AttributeValue>, expected) => {
    expect(callOf(attributes).ttftUs).toBe(expected)
  })

  test('a failure is read from status, error type or Langfuse level; an exception says which', () => {
    expect(callOf({}, { hasErrorStatus: true, statusMessage: 'boom' })).toMatchObject({
      status: 'error',
      errorMessage: 'boom',
    })
    expect(callOf({ 'error.type': '429' })).toMatchObject({ status: 'error', errorType: '429' })
    const attributes = {
      'langfuse.observation.level': 'ERROR',
      'langfuse.observation.status_message': 'no key',
    }
    expect(callOf(attributes)).toMatchObject({ status: 'error', errorMessage: 'no key' })
    const exception = new Map([
      ['exception.type', 'TypeError'],
      ['exception.message', 'x is undefined'],
    ])
    const events = [{ name: 'exception', timeNs: 0n, attributes: exception }]
    expect(callOf({}, { hasErrorStatus: true, events })).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'x is undefined',
    })
    expect(callOf({}, { events }), 'an exception that was handled').toMatchObject({
      status: 'ok',
      errorType: null,
      errorMessage: null,
    })
  })

  test('a reported cost is kept, a nonsensical number is not', () => {
    expect(callOf({ 'gen_ai.usage.cost': 0.0042 })).toMatchObject({
      costNanos: 4_200_000,
      costSource: 'reported',
    })
    expect(callOf({ 'langfuse.observation.cost_details': '{"total":0.5}' }).costNanos).toBe(500_000_000)
    expect(callOf({ 'gen_ai.usage.cost': -1, 'gen_ai.usage.input_tokens': 1.5 })).toMatchObject({
      costNanos: null,
      inputTokens: null,
    })
  })

  test('what no convention names stays an attribute', () => {
    const call = callOf({ 'gen_ai.request.model': 'm', 'gen_ai.request.temperature': 0.7, __proto__x: true })
    expect(JSON.parse(call.attributes ?? '')).toEqual({ 'gen_ai.request.temperature': 0.7, __proto__x: true })
  })
})
