/** A model as the demo's apps use it. Times are milliseconds. */
export interface DemoModel {
  weight: number
  name: string
  provider: string
  ttftMs: number
  tokensPerSecond: number
}

const model = (
  name: string,
  provider: string,
  ttftMs: number,
  tokensPerSecond: number,
  weight: number,
): DemoModel => ({ name, provider, ttftMs, tokensPerSecond, weight })

/** An app of the demo: what it is for, what it asks, and which models it asks. */
export interface DemoApp {
  weight: number
  name: string
  appType: string
  operation: 'chat' | 'embeddings'
  models: readonly [DemoModel, ...DemoModel[]]
  inputTokens: number
  outputTokens: number
  /** Share of the input that the provider has cached, when it has any. */
  cachedShare: number
  /** Share of calls that fail outside incidents. */
  errorShare: number
}

export const APPS: readonly [DemoApp, ...DemoApp[]] = [
  {
    name: 'support-agent',
    appType: 'CUSTOMER_SUPPORT',
    operation: 'chat',
    weight: 30,
    models: [model('gpt-4o-mini', 'openai', 320, 95, 6), model('qwen-max', 'dashscope', 520, 48, 4)],
    inputTokens: 900,
    outputTokens: 180,
    cachedShare: 0.5,
    errorShare: 0.015,
  },
  {
    name: 'doc-search',
    appType: 'RETRIEVAL',
    operation: 'embeddings',
    weight: 22,
    models: [model('text-embedding-3-small', 'openai', 90, 0, 1)],
    inputTokens: 420,
    outputTokens: 0,
    cachedShare: 0,
    errorShare: 0.004,
  },
  {
    name: 'case-writer',
    appType: 'CASE_GENERATION',
    operation: 'chat',
    weight: 16,
    models: [
      model('deepseek-chat', 'deepseek', 780, 38, 5),
      model('glm-4.7', 'zhipu', 640, 42, 3),
      model('gpt-4o', 'openai', 540, 70, 2),
    ],
    inputTokens: 2_300,
    outputTokens: 420,
    cachedShare: 0.3,
    errorShare: 0.03,
  },
  {
    name: 'checkout-bot',
    appType: 'ASSISTANT',
    operation: 'chat',
    weight: 14,
    models: [model('gpt-4o', 'openai', 520, 72, 5), model('claude-haiku-4-5', 'anthropic', 380, 110, 5)],
    inputTokens: 650,
    outputTokens: 120,
    cachedShare: 0.6,
    errorShare: 0.012,
  },
  {
    name: 'code-review',
    appType: 'CODE_REVIEW',
    operation: 'chat',
    weight: 11,
    models: [
      model('claude-sonnet-4-5', 'anthropic', 900, 62, 7),
      model('gemini-2.5-pro', 'google', 1_300, 75, 3),
    ],
    inputTokens: 6_800,
    outputTokens: 380,
    cachedShare: 0.4,
    errorShare: 0.02,
  },
  {
    name: 'report-translator',
    appType: 'TRANSLATION',
    operation: 'chat',
    weight: 7,
    models: [model('qwen-max', 'dashscope', 500, 50, 6), model('gpt-4o-mini', 'openai', 310, 96, 4)],
    inputTokens: 1_500,
    outputTokens: 480,
    cachedShare: 0.1,
    errorShare: 0.01,
  },
]

interface DemoEnvironment {
  weight: number
  name: string
}

export const ENVIRONMENTS: readonly [DemoEnvironment, ...DemoEnvironment[]] = [
  { name: 'production', weight: 8 },
  { name: 'staging', weight: 2 },
]

interface DemoError {
  weight: number
  type: string
  message: string
  durationMs: number
}

export const ERRORS: readonly [DemoError, ...DemoError[]] = [
  {
    weight: 5,
    type: 'rate_limit_exceeded',
    message: 'Rate limit reached for requests per minute. Please try again in 3.2s.',
    durationMs: 140,
  },
  { weight: 3, type: 'timeout', message: 'The request timed out after 30 s.', durationMs: 30_000 },
  {
    weight: 2,
    type: 'context_length_exceeded',
    message:
      "This model's maximum context length is 128000 tokens. Please reduce the length of the messages.",
    durationMs: 210,
  },
  { weight: 1, type: 'content_filter', message: '内容安全检查未通过，请修改后重试。', durationMs: 260 },
  {
    weight: 2,
    type: 'internal_server_error',
    message: 'The server had an error while processing your request.',
    durationMs: 900,
  },
]

/** An hour of every second day in which one provider is slow and fails. Local hours. */
export const INCIDENT = { provider: 'openai', everyDays: 2, hour: 15, slowdown: 3.5, errorShare: 0.28 }

/** Calls by local hour of a working day, relative to the busiest. */
export const RHYTHM = [
  0.06, 0.04, 0.03, 0.03, 0.04, 0.07, 0.14, 0.3, 0.62, 0.9, 1, 0.94, 0.58, 0.66, 0.93, 1, 0.96, 0.84, 0.6,
  0.42, 0.34, 0.26, 0.18, 0.1,
] as const

/** Saturdays and Sundays, relative to a working day. */
export const WEEKEND_SHARE = 0.35

export const USERS = 50
