import { expect, test } from 'vitest'
import { readRecord } from '../../../src/main/transfer/read-record.ts'

const NOW = Date.UTC(2025, 0, 1)
const read = (value: unknown) => readRecord(JSON.stringify(value), 'imported', NOW)
const START = Date.UTC(2024, 4, 29, 13, 46, 19, 963)

test("Langfuse's API: an observation is the call that its SDK would have sent", () => {
  const { format, calls, rejections } = read({
    id: 'obs-1',
    traceId: 'trace-1',
    type: 'GENERATION',
    name: 'answer',
    startTime: '2024-05-29T13:46:19.963Z',
    endTime: '2024-05-29T13:46:21.463Z',
    completionStartTime: '2024-05-29T13:46:20.163Z',
    model: 'gpt-4o-2024-08-06',
    modelParameters: { temperature: 0 },
    input: [{ role: 'user', content: '你好' }],
    output: { role: 'assistant', content: 'Hello' },
    metadata: {
      attributes: { 'gen_ai.system': 'openai' },
      resourceAttributes: { 'service.name': 'shop' },
      team: 'a',
    },
    level: 'DEFAULT',
    statusMessage: null,
    parentObservationId: null,
    usageDetails: { input: 10, input_cached_tokens: 90, output: 20, total: 120 },
    costDetails: { input: 0.1, output: 0.2, total: 0.3 },
    environment: 'production',
    userId: 'u-1',
    sessionId: 's-1',
    traceName: 'support',
    tags: ['vip'],
  })
  expect(rejections).toEqual([])
  expect(format).toBe('langfuse')
  expect(calls).toMatchObject([
    {
      requestId: 'trace-1-obs-1',
      source: 'native',
      isStep: false,
      app: 'shop',
      appType: 'support',
      environment: 'production',
      userId: 'u-1',
      sessionId: 's-1',
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      operation: 'chat',
      name: 'answer',
      status: 'ok',
      startedAt: START,
      arrivedAt: START + 1_500,
      durationUs: 1_500_000,
      ttftUs: 200_000,
      inputTokens: 100,
      cachedInputTokens: 90,
      outputTokens: 20,
      totalTokens: 120,
      reportedCost: { amount: 0.3, currency: 'USD' },
      prompt: { format: 'json', text: '[{"role":"user","content":"你好"}]' },
      tags: ['vip'],
    },
  ])
  expect(JSON.parse(calls[0]?.attributes ?? '')).toMatchObject({ 'langfuse.metadata': { team: 'a' } })
})

test("Langfuse's blob storage: snake case, times without a zone, numbers as text, bodies as text", () => {
  const { calls } = read({
    id: 'obs-2',
    trace_id: 'trace-1',
    project_id: 'p',
    type: 'GENERATION',
    start_time: '2024-05-29 13:46:19.963000',
    end_time: '2024-05-29 13:46:20.963000',
    provided_model_name: 'claude-sonnet-4',
    input: '[{"role":"user","content":"hi"}]',
    output: 'plain text',
    level: 'ERROR',
    status_message: 'overloaded',
    usage_details: { input: '7', output: '3', total: '10' },
    total_cost: 0,
    user_id: 'u-2',
    session_id: 's-2',
    trace_name: 'batch',
    metadata: {},
  })
  expect(calls).toMatchObject([
    {
      app: 'imported',
      userId: 'u-2',
      sessionId: 's-2',
      appType: 'batch',
      status: 'error',
      errorMessage: 'overloaded',
      startedAt: START,
      durationUs: 1_000_000,
      inputTokens: 7,
      totalTokens: 10,
      // Langfuse had no price for it; ours may.
      reportedCost: null,
      prompt: { format: 'json' },
      response: { format: 'text', text: 'plain text' },
    },
  ])
})

test('a trace with its observations gives them what only it knows; one without is a step that is not counted', () => {
  const trace = {
    id: 't',
    timestamp: '2024-05-29T13:46:19.963Z',
    name: 'flow',
    userId: 'u',
    sessionId: 's',
    tags: ['x'],
  }
  const observation = { id: 'o', type: 'GENERATION', startTime: '2024-05-29T13:46:20Z', model: 'm' }
  expect(read({ ...trace, observations: [observation] }).calls).toMatchObject([
    { requestId: 't-o', isStep: false, userId: 'u', sessionId: 's', appType: 'flow', tags: ['x'] },
  ])
  expect(read({ ...trace, totalCost: 5, latency: 2, observations: ['o'] }).calls).toMatchObject([
    { requestId: 't-trace', isStep: true, durationUs: 2_000_000, reportedCost: null },
  ])
  expect(read({ data: [{ ...observation, traceId: 't' }], meta: { page: 1 } }).calls).toHaveLength(1)
})

const RUN = {
  id: '1b64098b-4ab7-43f6-afee-992304f198d8',
  trace_id: '0000098b-4ab7-43f6-afee-992304f198d8',
  parent_run_id: '2264098b-4ab7-43f6-afee-992304f198d8',
  name: 'ChatOpenAI',
  run_type: 'llm',
  start_time: '2024-05-29T13:46:19.963000',
  end_time: '2024-05-29T13:46:20.963000',
  first_token_time: '2024-05-29T13:46:20.063000',
  session_name: 'my-project',
  status: 'success',
  extra: {
    metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o', user_id: 'u', thread_id: 's' },
    invocation_params: { model: 'gpt-4o' },
  },
  inputs: {
    messages: [
      [
        {
          lc: 1,
          type: 'constructor',
          id: ['langchain', 'schema', 'HumanMessage'],
          kwargs: { content: 'hi', type: 'human' },
        },
      ],
    ],
  },
  outputs: { generations: [[{ text: 'hello' }]], llm_output: { model_name: 'gpt-4o-2024-08-06' } },
  prompt_tokens: 11,
  completion_tokens: 3,
  total_tokens: 14,
  total_cost: '0.000123',
  tags: ['a'],
}

test("LangSmith's runs: a model's is a call, with who asked it and what it cost", () => {
  const { format, calls } = read(RUN)
  expect(format).toBe('langsmith')
  expect(calls).toMatchObject([
    {
      requestId: '0000098b4ab743f6afee992304f198d8-1b64098b4ab743f6afee992304f198d8',
      parentSpanId: '2264098b4ab743f6afee992304f198d8',
      app: 'my-project',
      isStep: false,
      operation: 'chat',
      provider: 'openai',
      requestModel: 'gpt-4o',
      model: 'gpt-4o-2024-08-06',
      userId: 'u',
      sessionId: 's',
      startedAt: START,
      durationUs: 1_000_000,
      ttftUs: 100_000,
      inputTokens: 11,
      outputTokens: 3,
      totalTokens: 14,
      reportedCost: { amount: 0.000123, currency: 'USD' },
      prompt: { format: 'json', text: '[{"role":"user","content":"hi"}]' },
      tags: ['a'],
    },
  ])
})

test('a chain adds up what is below it: it is a step, and its sums are not taken', () => {
  const chain = {
    ...RUN,
    id: RUN.parent_run_id,
    parent_run_id: null,
    run_type: 'chain',
    error: "ValueError('no')",
  }
  expect(read({ runs: [chain, RUN] }).calls).toMatchObject([
    {
      isStep: true,
      inputTokens: null,
      totalTokens: null,
      reportedCost: null,
      status: 'error',
      errorType: 'ValueError',
      errorMessage: "ValueError('no')",
    },
    { isStep: false },
  ])
})

test('OTLP: a request a record, spans that cannot be read apart from those that can', () => {
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'chat',
    startTimeUnixNano: String(BigInt(START) * 1_000_000n),
    endTimeUnixNano: String(BigInt(START + 500) * 1_000_000n),
    attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } }],
  }
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, traceId: 'x' }] }] }] }
  const { format, calls, rejections } = read(request)
  expect(format).toBe('otlp')
  expect(calls).toMatchObject([{ source: 'otlp', startedAt: START, arrivedAt: START + 500 }])
  expect(rejections).toEqual([{ reason: 'traceId must be 32 hexadecimal digits, not all zero', count: 1 }])
  expect(read({ resourceMetrics: [] }).rejections).toHaveLength(1)
  expect(read({ resourceSpans: 'x' }).rejections).toHaveLength(1)
})

test.each([
  { name: 'no JSON', text: '{"app":', reason: 'is not valid JSON' },
  { name: 'no object', text: '"SECRET"', reason: 'is not a call' },
  { name: 'of no kind', text: '{"SECRET":1}', reason: 'is of no kind that can be imported' },
  {
    name: 'of ours, and wrong',
    text: '{"app":"a","inputTokens":-1}',
    reason: 'inputTokens must be an integer >= 0',
  },
  {
    name: 'of ours, and wrong in what only files have',
    text: '{"app":"a","costNanos":-1}',
    reason: /^costNanos /,
  },
  {
    name: 'without a start',
    text: '{"id":"a","traceId":"t","type":"SPAN","startTime":"SECRET"}',
    reason: 'has no time of start',
  },
  { name: 'nested without end', text: '['.repeat(5_000) + ']'.repeat(5_000), reason: /nested/ },
  {
    name: 'with an id that is too long',
    text: JSON.stringify({
      id: 'a'.repeat(300),
      traceId: 't',
      type: 'SPAN',
      startTime: '2024-05-29T13:46:19Z',
    }),
    reason: 'has too long an id',
  },
])('a record that is $name is refused, without its values', ({ text, reason }) => {
  const { calls, rejections } = readRecord(text, 'imported', NOW)
  expect(calls).toEqual([])
  expect(rejections).toHaveLength(1)
  expect(rejections[0]?.reason).toMatch(reason)
  expect(rejections[0]?.reason).not.toContain('SECRET')
})
