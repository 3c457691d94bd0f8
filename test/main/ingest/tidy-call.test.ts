import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { tidyCall } from '../../../src/main/ingest/tidy-call.ts'
import { makeCall } from '../store/make-call.ts'

const NOW = Date.UTC(2026, 10, 24)

describe('tidyCall', () => {
  test('leaves a good call as it is', () => {
    const call = makeCall({ prompt: { format: 'text', text: '你好 👋' }, startedAt: NOW - 1, arrivedAt: NOW })
    expect(tidyCall(call)).toBe(call)
    const unknown = {
      ...call,
      operation: 'embeddings',
      inputTokens: null,
      outputTokens: null,
      totalTokens: null,
    }
    expect(tidyCall(unknown)).toBe(unknown)
  })

  test.each([
    ['a backfill of years is welcome', LIMITS.earliestStart, true],
    ['before 2015 is not believed', LIMITS.earliestStart - 1, false],
    ['a clock an hour ahead is', NOW + LIMITS.clockAheadMs, true],
    ['more than an hour ahead is not', NOW + LIMITS.clockAheadMs + 1, false],
  ])('%s', (_name, startedAt, isBelieved) => {
    const call = tidyCall(makeCall({ startedAt, arrivedAt: NOW }))
    expect(call).toMatchObject(
      isBelieved
        ? { startedAt, reportedStartedAt: null, flags: [] }
        : { startedAt: NOW, reportedStartedAt: startedAt, flags: ['start-implausible'] },
    )
  })

  test.each([
    ['embeddings that say what came in: that is all', 'embeddings', { inputTokens: 12 }, 12],
    ['embeddings that say a total: it is right', 'embeddings', { inputTokens: 12, totalTokens: 14 }, 14],
    ['embeddings that say nothing', 'embeddings', {}, null],
    ['an answer that nobody counted: it had some', 'chat', { inputTokens: 12 }, null],
  ])('the total of %s', (_name, operation, tokens, total) => {
    expect(tidyCall(makeCall({ operation, ...tokens })).totalTokens).toBe(total)
  })

  test('halves of surrogate pairs are replaced, in names and in bodies', () => {
    const call = tidyCall(makeCall({ app: 'a\ud800', prompt: { format: 'text', text: '\udc00b' } }))
    expect(call).toMatchObject({
      app: 'a\ufffd',
      prompt: { text: '\ufffdb' },
      flags: ['text-repaired'],
    })
  })

  test.each([
    ['half of a pair', { a: '\ud800', 'b\udfff': ['👋'] }, { a: '\ufffd', 'b\ufffd': ['👋'] }],
    ['halves beside a pair', ['\ud83d👋\udc4b'], ['\ufffd👋\ufffd']],
    ['what only looks like one', ['\\ud800', '\\\\ud800 \n\t"'], ['\\ud800', '\\\\ud800 \n\t"']],
  ])('JSON escapes %s: it is replaced all the same', (_name, value, expected) => {
    const text = JSON.stringify(value)
    const call = tidyCall(makeCall({ attributes: text, response: { format: 'json', text } }))
    expect(JSON.parse(call.response?.text ?? '')).toEqual(expected)
    expect(JSON.parse(call.attributes ?? '')).toEqual(expected)
    expect(call.flags).toEqual(JSON.stringify(expected) === text ? [] : ['text-repaired'])
  })

  test('a pair may be escaped in JSON, in either case, and stays as it is', () => {
    const text = String.raw`["\uD83D\uDC4B","\ud83d\udc4b"]`
    const call = tidyCall(makeCall({ prompt: { format: 'json', text } }))
    expect(call).toMatchObject({ prompt: { text }, flags: [] })
  })

  test('escapes in a text are the text', () => {
    const text = String.raw`a regular expression: [\ud800-\udfff]`
    expect(tidyCall(makeCall({ prompt: { format: 'text', text } }))).toMatchObject({
      prompt: { text },
      flags: [],
    })
  })

  test('a long text is cut, its length noted, and half a JSON value is text', () => {
    const text = JSON.stringify(['x'.repeat(LIMITS.textLength)])
    const call = tidyCall(makeCall({ response: { format: 'json', text } }))
    expect(call.response).toMatchObject({ format: 'text', originalLength: text.length })
    expect(call.response?.text).toHaveLength(LIMITS.textLength)
    expect(call.flags).toEqual(['text-truncated'])
  })

  test('a cut does not leave half of a surrogate pair', () => {
    const text = `${'x'.repeat(LIMITS.textLength - 1)}👋`
    const call = tidyCall(makeCall({ prompt: { format: 'text', text } }))
    expect(call.prompt?.text.isWellFormed()).toBe(true)
  })

  test('whatever comes in, what goes out is well-formed, and tidying it again changes nothing', () => {
    const anyText = fc.string({ unit: 'binary' }).map((text) => `${text}\ud83d`)
    fc.assert(
      fc.property(anyText, anyText, fc.integer(), (app, text, startedAt) => {
        const tidy = tidyCall(
          makeCall({ app, errorMessage: text, prompt: { format: 'text', text }, startedAt, arrivedAt: NOW }),
        )
        expect([tidy.app, tidy.errorMessage, tidy.prompt?.text].every((part) => part?.isWellFormed())).toBe(
          true,
        )
        expect(tidyCall(tidy)).toEqual(tidy)
      }),
    )
  })
})
