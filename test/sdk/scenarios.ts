/** What is in the store of a call; what is absent was not given. */
export interface Recorded {
  status?: string
  operation?: string
  provider?: string
  model?: string
  requestModel?: string
  /** Input, output, cached, cache-write, reasoning and total tokens. */
  tokens?: (number | null)[]
  userId?: string
  sessionId?: string
  errorMessage?: string
  prompt?: unknown
  response?: unknown
  hasTtft?: boolean
  tags?: string[]
  attributes?: object
}

const MESSAGES = [{ role: 'user', content: 'Hello' }]
const OPENAI = { operation: 'chat', provider: 'openai', prompt: MESSAGES }
const ANTHROPIC = { operation: 'chat', provider: 'anthropic', prompt: MESSAGES }
const PLAIN = { provider: 'house', model: 'house-model', tokens: [7, 5, null, null, null, 12] }
const toolCall = (id: string, name: string, query: string) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify({ q: query }) },
})

/** What every client makes of what the programs do, by the type of app: the same in all languages. */
export const SCENARIOS: Record<string, Recorded> = {
  'sync-text': {
    provider: 'house',
    model: 'house-model',
    prompt: 'hi',
    response: 'You said hi',
    userId: 'u-1',
    sessionId: 's-1',
    tags: ['decorator', 'outer', 'inner'],
    attributes: { tenant: 't-1' },
  },
  'async-dict': {
    ...PLAIN,
    prompt: MESSAGES,
    response: 'Plain answer',
    userId: 'u-async',
    sessionId: 's-async',
  },
  'generator-text': { prompt: 'p', response: 'Hello', userId: 'u-stream', hasTtft: true },
  'async-stream-chunks': {
    ...OPENAI,
    model: 'gpt-4o-mini-2024-07-18',
    tokens: [9, 3, 2, null, 1, 12],
    response: 'Hello in chunks',
    hasTtft: true,
  },
  error: { status: 'error', errorMessage: 'model is overloaded', prompt: 'p' },
  'async-error': { status: 'error', errorMessage: 'model is overloaded', prompt: 'p' },
  'stream-error': {
    status: 'error',
    errorMessage: 'connection lost',
    prompt: 'p',
    response: 'half ',
    hasTtft: true,
  },
  'closed-early': {
    prompt: 'p',
    response: 'again ',
    hasTtft: true,
    attributes: { 'llmops.stream.closed_early': true },
  },
  'openai-chat': {
    ...OPENAI,
    model: 'gpt-4o-mini-2024-07-18',
    tokens: [20, 10, 8, null, 4, 30],
    response: 'Hello from chat',
  },
  'openai-tools': {
    ...OPENAI,
    model: 'gpt-4o-mini-2024-07-18',
    tokens: [11, 6, null, null, null, 17],
    response: [{ role: 'assistant', content: null, tool_calls: [toolCall('call_1', 'search', '登录')] }],
  },
  'openai-response': {
    ...OPENAI,
    model: 'gpt-5-mini-2025-08-07',
    tokens: [36, 87, 16, null, 64, 123],
    response: 'Hello from responses',
  },
  'openai-response-stream': {
    ...OPENAI,
    prompt: 'p',
    model: 'gpt-5-mini-2025-08-07',
    tokens: [5, 2, 0, null, 0, 7],
    response: 'Streamed response',
    hasTtft: true,
  },
  'openai-embeddings': {
    ...OPENAI,
    operation: 'embeddings',
    model: 'text-embedding-3-small',
    tokens: [8, null, null, null, null, 8],
    response: { embeddings: 2, dimensions: 3 },
  },
  'anthropic-message': {
    ...ANTHROPIC,
    model: 'claude-sonnet-4-5-20250929',
    tokens: [115, 7, 100, 5, null, 122],
    response: 'Hello from Claude',
  },
  'anthropic-stream': {
    ...ANTHROPIC,
    model: 'claude-sonnet-4-5-20250929',
    tokens: [42, 15, 30, 0, null, 57],
    response: [
      { role: 'assistant', content: 'Let me look.', tool_calls: [toolCall('toolu_1', 'search', 'tea')] },
    ],
    hasTtft: true,
  },
  private: PLAIN,
  long: { response: 'short' },
  'whole-request': {
    model: 'asked-model',
    requestModel: 'asked-model',
    prompt: [{ role: 'system', content: 'Be brief' }, ...MESSAGES],
    response: 'sent',
  },
  'by-hand': {
    model: 'house-model',
    tokens: [3, 4, null, null, null, 7],
    prompt: 'Q',
    response: 'A',
    userId: 'u-hand',
  },
}
