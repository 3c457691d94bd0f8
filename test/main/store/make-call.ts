import fc from 'fast-check'
import type { NewCall } from '../../../src/main/store/call.ts'

let made = 0

/** A call as small as can be stored, with an id of its own, changed as the test wants. */
export function makeCall(overrides: Partial<NewCall> = {}): NewCall {
  made += 1
  return {
    requestId: `call-${process.pid}-${made}`,
    source: 'native',
    isStep: false,
    app: 'checkout-bot',
    appType: null,
    environment: null,
    userId: null,
    sessionId: null,
    provider: null,
    requestModel: null,
    model: null,
    operation: null,
    name: null,
    status: 'ok',
    errorType: null,
    errorMessage: null,
    startedAt: 1_700_000_000_000,
    reportedStartedAt: null,
    arrivedAt: 1_700_000_000_000,
    durationUs: null,
    ttftUs: null,
    inputTokens: null,
    outputTokens: null,
    cachedInputTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    totalTokens: null,
    usageSource: null,
    costNanos: null,
    costSource: null,
    costConfigId: null,
    reportedCost: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    tags: [],
    flags: [],
    attributes: null,
    prompt: null,
    response: null,
    ...overrides,
  }
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const tokens = orNull(fc.nat(100_000))
/** Microseconds over nine decades, as durations are: a uniform choice would hardly ever be short. */
export const durationsUs = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.double({ min: 1, max: 10, noNaN: true }))
  .map(([decade, factor]) => Math.round(factor * 10 ** decade))

/** Calls on the moment that a range ends with tell whether it is left out. */
const ROUND_MS = 6 * 3_600_000

/** A call that may be anything that statistics look at, somewhere in `spanMs` from `from` on. */
export function anyCall(options: { from: number; spanMs: number }): fc.Arbitrary<NewCall> {
  return fc
    .record({
      app: fc.constantFrom('checkout-bot', 'test-designer', '客服'),
      appType: orNull(fc.constantFrom('CASE_GENERATION', 'CHAT')),
      provider: orNull(fc.constantFrom('openai', 'anthropic')),
      requestModel: orNull(fc.constantFrom('gpt-4o', 'claude-sonnet-4')),
      model: orNull(fc.constantFrom('gpt-4o', 'gpt-4o-2024-08-06', 'claude-sonnet-4')),
      environment: orNull(fc.constantFrom('production', 'staging')),
      userId: orNull(fc.constantFrom('u-1', 'u-2', '用户-3')),
      sessionId: orNull(fc.constantFrom('s-1', 's-2', 's-3', 's-4', '会话-5')),
      errorType: orNull(fc.constantFrom('timeout', 'rate_limit')),
      status: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'error' as const),
      startedAt: fc
        .tuple(fc.nat(options.spanMs - 1), fc.constantFrom(1, 1, 1, ROUND_MS))
        .map(([offset, step]) => options.from + offset - (offset % step)),
      durationUs: orNull(durationsUs),
      ttftUs: orNull(durationsUs),
      inputTokens: tokens,
      outputTokens: tokens,
      cachedInputTokens: tokens,
      cacheWriteTokens: tokens,
      reasoningTokens: tokens,
      totalTokens: tokens,
      costNanos: orNull(fc.nat(2_000_000_000)),
    })
    .map((fields) => makeCall({ ...fields, errorType: fields.status === 'ok' ? null : fields.errorType }))
}

/** Calls of any kind. The same seed gives the same calls. */
export function randomCalls(options: {
  count: number
  seed: number
  from: number
  spanMs: number
}): NewCall[] {
  return fc.sample(anyCall(options), { numRuns: options.count, seed: options.seed })
}
