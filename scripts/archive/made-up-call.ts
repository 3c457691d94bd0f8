import type { NewCall } from '../../src/main/store/call.ts'

const APPS = ['checkout-bot', 'test-designer', '客服助手']
const MODELS = ['gpt-4o', 'claude-sonnet-4', 'qwen-max']

/** A call like those of an app, with texts of some hundred bytes; the same number gives the same call. */
export function madeUpCall(number: number, startedAt: number): NewCall {
  const isError = number % 50 === 0
  return {
    requestId: `check-${number}`,
    source: 'native',
    isStep: false,
    app: APPS[number % APPS.length] ?? '',
    appType: 'CHAT',
    environment: 'production',
    userId: `user-${number % 1_000}`,
    sessionId: `session-${Math.floor(number / 5)}`,
    provider: null,
    requestModel: null,
    model: MODELS[number % MODELS.length] ?? '',
    operation: 'chat',
    name: null,
    status: isError ? 'error' : 'ok',
    errorType: isError ? 'timeout' : null,
    errorMessage: isError ? 'The upstream did not answer in time.' : null,
    startedAt,
    reportedStartedAt: null,
    arrivedAt: startedAt + 1_000,
    durationUs: 100_000 + ((number * 7_919) % 5_000_000),
    ttftUs: null,
    inputTokens: 100 + (number % 900),
    outputTokens: 10 + (number % 90),
    cachedInputTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    totalTokens: 110 + (number % 900) + (number % 90),
    usageSource: 'reported',
    costNanos: number % 7 === 0 ? null : 1_000 * (number % 5_000),
    costSource: number % 7 === 0 ? null : 'computed',
    costConfigId: null,
    reportedCost: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    tags: [],
    flags: [],
    attributes: null,
    prompt: { format: 'text', text: `第 ${number} 个问题：订单什么时候发货？ `.repeat(6) },
    response: { format: 'text', text: `Order ${number} ships tomorrow; you will get a message. `.repeat(5) },
  }
}
