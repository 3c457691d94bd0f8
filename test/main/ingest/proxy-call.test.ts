import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import type { ProxyExchange } from '../../../src/main/ingest/index.ts'
import { proxyCall } from '../../../src/main/ingest/index.ts'
import { tidyCall } from '../../../src/main/ingest/tidy-call.ts'

const ANSWER: ProxyExchange['answer'] = {
  id: null,
  model: 'm-1',
  messages: [{ content: 'Hallo', reasoning: '', toolCalls: [] }],
  finishReasons: ['stop'],
  usage: null,
  error: null,
  isComplete: true,
  cutFromLength: null,
}

function exchange(changes: Partial<ProxyExchange> = {}): ProxyExchange {
  return {
    provider: 'openai',
    operation: 'chat',
    labels: { requestId: null, app: null, userId: null, sessionId: null, tags: [] },
    startedAt: 1_700_000_000_000,
    arrivedAt: 1_700_000_000_000,
    durationMs: 12.3456,
    ttftMs: null,
    httpStatus: 200,
    request: { model: 'm', userId: null, prompt: 'hi', parameters: {} },
    answer: ANSWER,
    failure: null,
    isCut: false,
    secrets: [],
    ...changes,
  }
}

describe('a call of the proxy', () => {
  test('has whole microseconds, a default app and an id of its own', () => {
    const call = proxyCall(exchange({ ttftMs: 1.0004 }))
    expect(call).toMatchObject({
      app: 'default',
      durationUs: 12_346,
      ttftUs: 1_000,
      source: 'proxy',
      isStep: false,
    })
    expect(call.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['nothing', {}, ['ok', null, null]],
    ['a failure', { failure: { type: 'client_abort', message: 'gone' } }, ['error', 'client_abort', 'gone']],
    ['a status without a body', { httpStatus: 502 }, ['error', 'http_502', 'HTTP 502']],
    ['a redirect', { httpStatus: 307 }, ['error', 'http_307', 'HTTP 307']],
    [
      'an error of the vendor',
      { httpStatus: 429, answer: { ...ANSWER, error: { type: 'rate_limit', message: 'slow' } } },
      ['error', 'rate_limit', 'slow'],
    ],
    [
      'an error of the vendor in a stream, and a connection that broke after it',
      {
        answer: { ...ANSWER, error: { type: 'overloaded', message: 'later' } },
        failure: { type: 'stream_truncated', message: 'broken' },
      },
      ['error', 'overloaded', 'later'],
    ],
    [
      'an error of the vendor without a type',
      { answer: { ...ANSWER, error: { type: null, message: 'oops' } } },
      ['error', 'error', 'oops'],
    ],
  ] satisfies [string, Partial<ProxyExchange>, unknown][])('with %s', (_name, changes, expected) => {
    const { status, errorType, errorMessage } = proxyCall(exchange(changes))
    expect([status, errorType, errorMessage]).toEqual(expected)
  })

  test('is cut to the limits of names', () => {
    const long = 'x'.repeat(1_000)
    const call = proxyCall(
      exchange({
        request: { model: long, userId: long, prompt: undefined, parameters: {} },
        answer: { ...ANSWER, model: long, error: { type: long, message: null } },
      }),
    )
    for (const text of [call.model, call.requestModel, call.userId, call.errorType]) {
      expect(text).toHaveLength(LIMITS.nameLength)
    }
  })

  test('holds no secret, wherever an answer repeats it', () => {
    const secret = 'sk-0123456789'
    const call = proxyCall(
      exchange({
        secrets: [`Bearer ${secret}`, secret],
        request: { model: 'm', userId: null, prompt: [{ content: secret }], parameters: {} },
        answer: {
          ...ANSWER,
          id: secret,
          messages: [{ content: `I know ${secret}.`, reasoning: '', toolCalls: [] }],
          error: { type: secret, message: `Bad Bearer ${secret}` },
        },
      }),
    )
    expect(JSON.stringify(call)).not.toContain(secret)
    expect(call).toMatchObject({ errorMessage: 'Bad [redacted]', response: { text: 'I know [redacted].' } })
  })

  test('keeps no prompt that is nested too deep, and says so', () => {
    let prompt: unknown = 'deep'
    for (let depth = 0; depth <= LIMITS.jsonDepth; depth += 1) prompt = [prompt]
    const call = proxyCall(exchange({ request: { model: 'm', userId: null, prompt, parameters: {} } }))
    expect(call).toMatchObject({ prompt: null, flags: ['text-truncated'] })
  })

  test('that was cut keeps the length it had', () => {
    const call = tidyCall(proxyCall(exchange({ answer: { ...ANSWER, cutFromLength: 5_000_000 } })))
    expect(call.response).toEqual({ format: 'text', text: 'Hallo', originalLength: 5_000_000 })
    expect(call.flags).toEqual(['text-truncated'])
  })
})
