import { describe, expect, test } from 'vitest'
import { feedbackInputSchema } from '#shared/contract/feedback.ts'
import { feedbackOn } from '../../../src/main/demo/feedback.ts'
import { demoCalls } from '../../../src/main/demo/traffic.ts'

// A Thursday in UTC+8.
const FROM_MS = Date.parse('2026-11-19T00:00:00+08:00')
const calls = [
  ...demoCalls({
    seed: 7,
    fromMs: FROM_MS,
    toMs: FROM_MS + 86_400_000,
    callsPerDay: 12_000,
    utcOffsetMinutes: 480,
  }),
]
const given = calls.flatMap((call) => {
  const feedback = feedbackOn(call)
  return feedback ? [{ call, ...feedback }] : []
})

describe('feedback on demo calls', () => {
  test('is given to a few of them, the same each time', () => {
    expect(given.length / calls.length).toBeGreaterThan(0.02)
    expect(given.length / calls.length).toBeLessThan(0.12)
    for (const { call, input, givenAt } of given.slice(0, 50))
      expect(feedbackOn(call)).toMatchObject({ input, givenAt })
  })

  test('is accepted by the collector, and comes after the call has ended', () => {
    expect(given.filter(({ input }) => !feedbackInputSchema.safeParse(input).success)).toEqual([])
    for (const { call, givenAt } of given)
      expect(givenAt).toBeGreaterThanOrEqual(Number(call.startedAt) + Math.floor(call.durationMs ?? 0))
  })

  test('is content for the most part, and never with an error', () => {
    const good = given.filter(({ input }) => input.rating >= 4)
    expect(good.length / given.length).toBeGreaterThan(0.5)
    expect(good.length / given.length).toBeLessThan(0.9)
    expect(good.filter(({ call }) => call.errorType !== undefined)).toEqual([])
    expect(new Set(given.map(({ input }) => input.rating))).toEqual(new Set([1, 2, 3, 4, 5]))
  })

  test('speaks Chinese and English, as the call does', () => {
    const comments = given.flatMap(({ call, input: { comment } }) => (comment ? [{ call, comment }] : []))
    const isChinese = (text: string) => /\p{Script=Han}/u.test(text)
    expect(comments.filter(({ comment }) => isChinese(comment)).length).toBeGreaterThan(20)
    const english = comments.filter(({ comment }) => !isChinese(comment))
    expect(english.length).toBeGreaterThan(20)
    for (const { call } of english) expect(JSON.stringify(call.prompt)).toMatch(/[a-z]{4}/)
    const inWholeChinese = calls.filter(({ prompt }) => typeof prompt === 'string' && !/[a-z]/.test(prompt))
    const ids = new Set(inWholeChinese.map(({ requestId }) => requestId))
    expect(english.filter(({ call }) => ids.has(call.requestId))).toEqual([])
  })
})
