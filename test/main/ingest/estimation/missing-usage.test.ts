import { describe, expect, test } from 'vitest'
import { countableBodies, withCounts } from '../../../../src/main/ingest/estimation/missing-usage.ts'
import type { NewCall } from '../../../../src/main/store/call.ts'
import { makeCall } from '../../store/make-call.ts'

const PROMPT = { format: 'text', text: 'How?' } as const
const RESPONSE = { format: 'text', text: 'So.' } as const
const call = (changes: Partial<NewCall> = {}) =>
  makeCall({ model: 'gpt-4o', prompt: PROMPT, response: RESPONSE, ...changes })

describe('countableBodies', () => {
  test('names the texts and the encoding of a call without counts', () => {
    expect(countableBodies(call())).toEqual({ encoding: 'o200k_base', prompt: PROMPT, response: RESPONSE })
    expect(countableBodies(call({ model: null, requestModel: 'gpt-4' }))).toMatchObject({
      encoding: 'cl100k_base',
    })
    expect(countableBodies(call({ totalTokens: 9 }))).toMatchObject({ prompt: PROMPT, response: RESPONSE })
  })

  test('leaves out what is reported', () => {
    expect(countableBodies(call({ inputTokens: 0 }))).toMatchObject({ prompt: null, response: RESPONSE })
    expect(countableBodies(call({ outputTokens: 3 }))).toMatchObject({ prompt: PROMPT, response: null })
  })

  test.each<[string, Partial<NewCall>]>([
    ['reports both', { inputTokens: 0, outputTokens: 0 }],
    ['is a step', { isStep: true }],
    ['names no model', { model: null }],
    ['has no texts', { prompt: null, response: null }],
    ['lacks a count whose text is missing', { inputTokens: 4, response: null }],
    ['failed before the model answered', { status: 'error', response: null }],
    ['runs a tool', { operation: 'execute_tool' }],
  ])('finds nothing in a call that %s', (_, changes) => {
    expect(countableBodies(call(changes))).toBeNull()
  })

  test('takes a failed call whose answer broke off', () => {
    expect(countableBodies(call({ status: 'error' }))).toMatchObject({ response: RESPONSE })
  })

  test('does not look at the numbers that an embedding is', () => {
    expect(countableBodies(call({ operation: 'embeddings' }))).toMatchObject({ response: null })
  })
})

describe('withCounts', () => {
  const fill = (changes: Partial<NewCall>, prompt: number | null, response: number | null) => {
    const { inputTokens, outputTokens, totalTokens, usageSource } = withCounts(call(changes), {
      prompt,
      response,
    })
    expect(usageSource).toBe('estimated')
    return [inputTokens, outputTokens, totalTokens]
  }

  test('adds up what was counted', () => {
    expect(fill({}, 30, 12)).toEqual([30, 12, 42])
  })

  test('keeps what was reported', () => {
    expect(fill({ inputTokens: 50, usageSource: 'reported' }, null, 12)).toEqual([50, 12, 62])
    expect(fill({ outputTokens: 5, usageSource: 'reported' }, 30, null)).toEqual([30, 5, 35])
  })

  test('has no total where a part is unknown', () => {
    expect(fill({}, 30, null)).toEqual([30, null, null])
    expect(fill({}, null, 12)).toEqual([null, 12, null])
  })

  test('makes the parts add up to a total that was reported', () => {
    expect(fill({ totalTokens: 120 }, 30, 10)).toEqual([90, 30, 120])
    expect(fill({ totalTokens: 120 }, 0, 0)).toEqual([120, 0, 120])
    expect(fill({ totalTokens: 120 }, 30, null)).toEqual([30, 90, 120])
    expect(fill({ totalTokens: 120 }, null, 500)).toEqual([0, 120, 120])
    expect(fill({ totalTokens: 120, inputTokens: 100 }, null, 7)).toEqual([100, 20, 120])
    expect(fill({ totalTokens: 120, outputTokens: 130 }, 7, null)).toEqual([0, 130, 120])
  })

  test('makes no whole smaller than its part', () => {
    expect(fill({ cachedInputTokens: 40, cacheWriteTokens: 10, reasoningTokens: 60 }, 30, 12)).toEqual([
      50, 60, 110,
    ])
  })

  test('knows that an embedding has no output', () => {
    expect(fill({ operation: 'embeddings' }, 8, null)).toEqual([8, 0, 8])
    expect(fill({ operation: 'embeddings', totalTokens: 9 }, 8, null)).toEqual([9, 0, 9])
  })
})
