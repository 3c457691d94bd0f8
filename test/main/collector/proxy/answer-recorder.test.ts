import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { AnswerRecorder } from '../../../../src/main/collector/proxy/answer-recorder.ts'
import type { EndpointKind } from '../../../../src/main/collector/proxy/endpoints.ts'
import { BodyKeeper } from '../../../../src/main/collector/proxy/body-keeper.ts'
import { ByteBudget } from '../../../../src/main/ingest/index.ts'

const MAX_BYTES = 1024 * 1024

interface Read {
  kind: EndpointKind
  contentType?: string
  status?: number
  chunks: Uint8Array[]
  maxBytes?: number
}

async function read({
  kind,
  contentType = 'text/event-stream',
  status = 200,
  chunks,
  maxBytes = MAX_BYTES,
}: Read) {
  let clock = 0
  const recorder = new AnswerRecorder({
    kind,
    status,
    headers: { 'content-type': contentType },
    keeper: new BodyKeeper(maxBytes, new ByteBudget(maxBytes)),
    maxBytes,
    now: () => (clock += 1),
  })
  for (const chunk of chunks) recorder.push(chunk)
  await recorder.end()
  const { isBrokenOff, isCut, firstTokenAt } = recorder
  return { ...recorder.result(), isBrokenOff, isCut, hasFirstToken: firstTokenAt !== null }
}

const sse = (...values: unknown[]) =>
  values.map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`).join('')
const plain = (content: string) => [{ content, reasoning: '', toolCalls: [] }]
const usage = (counts: object) => ({
  inputTokens: null,
  outputTokens: null,
  totalTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  ...counts,
})

/** Streams as vendors send them, with what is to be read in them. */
const STREAMS: [name: string, kind: EndpointKind, contentType: string, body: string, expected: object][] = [
  [
    'OpenAI chat with usage, reasoning and two choices',
    'openai-chat',
    'text/event-stream; charset=utf-8',
    ': keep-alive\r\n\r\n' +
      sse(
        {
          id: 'c1',
          model: 'm-1',
          choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
          usage: null,
        },
        { id: 'c1', model: 'm-1', choices: [{ index: 0, delta: { reasoning_content: 'Hm…' } }] },
        { id: 'c1', model: 'm-1', choices: [{ index: 1, delta: { content: '世' } }] },
        { id: 'c1', model: 'm-1', choices: [{ index: 0, delta: { content: 'Grü' } }] },
        {
          id: 'c1',
          model: 'm-1',
          choices: [{ index: 1, delta: { content: '界' }, finish_reason: 'length' }],
        },
        {
          id: 'c1',
          model: 'm-1',
          choices: [{ index: 0, delta: { content: 'ße 🎉' }, finish_reason: 'stop' }],
        },
        {
          id: 'c1',
          model: 'm-1',
          choices: [],
          usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
        },
        '[DONE]',
      ),
    {
      id: 'c1',
      model: 'm-1',
      messages: [{ content: 'Grüße 🎉', reasoning: 'Hm…', toolCalls: [] }, ...plain('世界')],
      finishReasons: ['stop', 'length'],
      usage: usage({ inputTokens: 5, outputTokens: 7, totalTokens: 12 }),
      error: null,
      isComplete: true,
      isBrokenOff: false,
      hasFirstToken: true,
    },
  ],
  [
    'OpenAI chat with two tool calls in pieces',
    'openai-chat',
    'text/event-stream',
    sse(
      {
        choices: [{ delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] } }],
      },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 1, id: 'b', function: { name: 'g' } }] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '"🎉"}' } }] } }] },
      { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    ),
    {
      messages: [
        {
          content: '',
          reasoning: '',
          toolCalls: [
            { id: 'a', name: 'f', arguments: '{"x":"🎉"}' },
            { id: 'b', name: 'g', arguments: '{}' },
          ],
        },
      ],
      usage: null,
      isComplete: false,
      isBrokenOff: false,
    },
  ],
  [
    "DeepSeek's cache counts",
    'openai-chat',
    'text/event-stream',
    sse({
      choices: [{ delta: { content: 'x' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, prompt_cache_hit_tokens: 4, completion_tokens: 1 },
    }),
    { usage: usage({ inputTokens: 9, outputTokens: 1, totalTokens: 10, cachedInputTokens: 4 }) },
  ],
  [
    'OpenAI completions',
    'openai-completions',
    'text/event-stream',
    sse(
      { model: 'i', choices: [{ text: 'a' }] },
      { choices: [{ text: 'b', finish_reason: 'stop' }] },
      '[DONE]',
    ),
    { model: 'i', messages: plain('ab'), finishReasons: ['stop'] },
  ],
  [
    'OpenAI responses, broken off',
    'openai-responses',
    'text/event-stream',
    sse(
      { type: 'response.created', response: { id: 'r', model: 'm-1' } },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, delta: 'Think' },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { type: 'function_call', call_id: 'a', name: 'f' },
      },
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"x"' },
      { type: 'response.output_text.delta', output_index: 2, delta: 'Hal' },
    ),
    {
      id: 'r',
      model: 'm-1',
      messages: [
        { content: 'Hal', reasoning: 'Think', toolCalls: [{ id: 'a', name: 'f', arguments: '{"x"' }] },
      ],
      usage: null,
      isComplete: false,
      isBrokenOff: true,
    },
  ],
  [
    'OpenAI responses, cut by the model',
    'openai-responses',
    'text/event-stream',
    sse(
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hallo' },
      {
        type: 'response.incomplete',
        response: {
          id: 'r',
          model: 'm-1',
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
          output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hallo' }] }],
          usage: {
            input_tokens: 3,
            output_tokens: 4,
            output_tokens_details: { reasoning_tokens: 2 },
            total_tokens: 7,
          },
        },
      },
    ),
    {
      messages: plain('Hallo'),
      finishReasons: ['max_output_tokens'],
      usage: usage({ inputTokens: 3, outputTokens: 4, reasoningTokens: 2, totalTokens: 7 }),
      isComplete: true,
    },
  ],
  [
    'OpenAI responses, failed',
    'openai-responses',
    'text/event-stream',
    sse({
      type: 'response.failed',
      response: { id: 'r', status: 'failed', error: { code: 'server_error', message: 'Sorry' }, output: [] },
    }),
    { error: { type: 'server_error', message: 'Sorry' }, isComplete: true, isBrokenOff: false },
  ],
  [
    'OpenAI responses, an error event',
    'openai-responses',
    'text/event-stream',
    sse({ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null }),
    { error: { type: 'rate_limit_exceeded', message: 'Slow down' } },
  ],
  [
    'Anthropic messages with thinking, text and a tool',
    'anthropic-messages',
    'text/event-stream; charset=utf-8',
    sse(
      {
        type: 'message_start',
        message: {
          id: 'm',
          model: 'claude-1',
          content: [],
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 5,
            cache_creation_input_tokens: 2,
            output_tokens: 1,
          },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Grüße 🌍' } },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
      },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a"' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: ':1}' } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use' },
        usage: { input_tokens: 0, output_tokens: 30, output_tokens_details: { thinking_tokens: 12 } },
      },
      { type: 'message_stop' },
    ),
    {
      id: 'm',
      model: 'claude-1',
      messages: [
        { content: 'Grüße 🌍', reasoning: 'Hm', toolCalls: [{ id: 't', name: 'f', arguments: '{"a":1}' }] },
      ],
      finishReasons: ['tool_use'],
      usage: {
        inputTokens: 17,
        outputTokens: 30,
        totalTokens: 47,
        cachedInputTokens: 5,
        cacheWriteTokens: 2,
        reasoningTokens: 12,
      },
      isComplete: true,
    },
  ],
  [
    'Anthropic messages, overloaded in the middle',
    'anthropic-messages',
    'text/event-stream',
    sse(
      {
        type: 'message_start',
        message: { model: 'claude-1', usage: { input_tokens: 10, output_tokens: 1 } },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Gu' } },
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ),
    {
      messages: plain('Gu'),
      usage: usage({ inputTokens: 10 }),
      error: { type: 'overloaded_error', message: 'Overloaded' },
      isBrokenOff: false,
    },
  ],
  [
    'Ollama chat with thinking and tools',
    'ollama-chat',
    'application/x-ndjson',
    [
      { model: 'q', message: { role: 'assistant', content: '', thinking: 'Hm' }, done: false },
      {
        model: 'q',
        message: { content: 'Grüße', tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] },
        done: false,
      },
      {
        model: 'q',
        message: { content: '', tool_calls: [{ function: { name: 'g', arguments: {} } }] },
        done: false,
      },
      {
        model: 'q',
        message: { content: '' },
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 3,
        eval_count: 4,
      },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
    {
      model: 'q',
      messages: [
        {
          content: 'Grüße',
          reasoning: 'Hm',
          toolCalls: [
            { id: null, name: 'f', arguments: '{"a":1}' },
            { id: null, name: 'g', arguments: '{}' },
          ],
        },
      ],
      usage: usage({ inputTokens: 3, outputTokens: 4, totalTokens: 7 }),
      isComplete: true,
    },
  ],
  [
    'Ollama generate, failed in the middle',
    'ollama-generate',
    'application/x-ndjson',
    '{"model":"q","response":"Ha","done":false}\n{"error":"out of memory"}\n',
    {
      messages: plain('Ha'),
      error: { type: null, message: 'out of memory' },
      usage: null,
      isComplete: false,
    },
  ],
]

describe('a stream is read', () => {
  test.each(STREAMS)('%s', async (_name, kind, contentType, body, expected) => {
    expect(await read({ kind, contentType, chunks: [Buffer.from(body)] })).toMatchObject(expected)
  })

  test.each(STREAMS)('the same however it is chunked: %s', async (_name, kind, contentType, body) => {
    const bytes = Buffer.from(body)
    const whole = await read({ kind, contentType, chunks: [bytes] })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        const places = [...cuts].sort((a, b) => a - b)
        const chunks = [0, ...places].map((start, index) =>
          bytes.subarray(start, places[index] ?? bytes.length),
        )
        expect(await read({ kind, contentType, chunks })).toEqual(whole)
      }),
      { numRuns: 100 },
    )
    const single = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
    expect(await read({ kind, contentType, chunks: single })).toEqual(whole)
  })

  test('cut off anywhere it gives what came, and throws nothing', async () => {
    const cases = fc.constantFrom(...STREAMS)
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ([, kind, contentType, body], length) => {
        const bytes = Buffer.from(body)
        const part = await read({ kind, contentType, chunks: [bytes.subarray(0, length % bytes.length)] })
        const whole = await read({ kind, contentType, chunks: [bytes] })
        const contentOf = (messages: typeof whole.messages) => messages[0]?.content ?? ''
        expect(contentOf(whole.messages).startsWith(contentOf(part.messages))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('whatever comes', () => {
  const kinds: EndpointKind[] = [
    'openai-chat',
    'openai-responses',
    'anthropic-messages',
    'ollama-chat',
    'openai-embeddings',
  ]
  const types = [
    'response.completed',
    'response.output_item.added',
    'message_start',
    'content_block_start',
    'content_block_delta',
    'message_delta',
    'error',
  ]
  const keys = [
    'choices',
    'delta',
    'message',
    'usage',
    'output',
    'item',
    'content',
    'tool_calls',
    'function',
    'error',
    'response',
    'index',
    'content_block',
    '__proto__',
    'input_tokens',
    'summary',
  ]
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 5 }),
  })).object

  test('nothing throws, and counts are counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom(...types),
        value,
        async (kind, type, object) => {
          for (const contentType of ['text/event-stream', 'application/json']) {
            const body = JSON.stringify({ ...object, type })
            const text = contentType === 'application/json' ? body : `data: ${body}\n\n`
            const answer = await read({ kind, contentType, chunks: [Buffer.from(text)] })
            for (const count of Object.values(answer.usage ?? {})) {
              expect(count === null || (Number.isInteger(count) && count >= 0)).toBe(true)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test.each([-1, 1.5, '7', null, 1e300, LIMITS.tokens + 1])('a count of %j is none', async (count) => {
    const body = {
      choices: [{ message: { content: 'x' } }],
      usage: { prompt_tokens: count, completion_tokens: 2 },
    }
    const answer = await read({
      kind: 'openai-chat',
      contentType: 'application/json',
      chunks: [Buffer.from(JSON.stringify(body))],
    })
    expect(answer.usage).toMatchObject({ inputTokens: null, outputTokens: 2, totalTokens: null })
  })
})

describe('what is large', () => {
  test('a text is kept up to its limit, and its whole length is known', async () => {
    const part = 'x'.repeat(300_000)
    const events = Array.from({ length: 5 }, () => ({ choices: [{ delta: { content: part } }] }))
    const answer = await read({ kind: 'openai-chat', chunks: [Buffer.from(sse(...events, '[DONE]'))] })
    expect(answer.messages[0]?.content).toHaveLength(LIMITS.textLength)
    expect(answer.cutFromLength).toBe(1_500_000)
  })

  test('an event over its limit is left out, and those behind it are read', async () => {
    const body = sse(
      { choices: [{ delta: { content: 'x'.repeat(2_000) } }] },
      { choices: [{ delta: { content: 'end' } }] },
      '[DONE]',
    )
    const answer = await read({ kind: 'openai-chat', chunks: [Buffer.from(body)], maxBytes: 1_000 })
    expect(answer).toMatchObject({ messages: plain('end'), isCut: true, isComplete: true })
  })

  test('a whole answer over its limit is not read', async () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'x'.repeat(2_000) } }] })
    const answer = await read({
      kind: 'openai-chat',
      contentType: 'application/json',
      chunks: [Buffer.from(body)],
      maxBytes: 1_000,
    })
    expect(answer).toMatchObject({ messages: [], isCut: true, isBrokenOff: false })
  })

  test('choices and tool calls are bounded', async () => {
    const choices = Array.from({ length: 1_000 }, (_, index) => ({
      index,
      delta: { tool_calls: Array.from({ length: 300 }, (_item, position) => ({ index: position, id: 'x' })) },
    }))
    const answer = await read({
      kind: 'openai-chat',
      chunks: [Buffer.from(sse({ choices: choices.slice(0, 300) }))],
      maxBytes: 8 * MAX_BYTES,
    })
    expect(answer.messages).toHaveLength(256)
    expect(answer.messages[0]?.toolCalls).toHaveLength(256)
  })
})
