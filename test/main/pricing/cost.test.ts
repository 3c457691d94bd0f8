import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import type { Rates } from '../../../src/main/pricing/cost.ts'
import { costNanos, toNanos } from '../../../src/main/pricing/cost.ts'

const NO_TOKENS = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
}
const rates = (input: number, output: number, others: Partial<Rates> = {}): Rates => ({
  inputNanos: toNanos(input),
  outputNanos: toNanos(output),
  cachedInputNanos: null,
  cacheWriteNanos: null,
  reasoningNanos: null,
  ...others,
})

describe('costNanos', () => {
  test.each([
    ['a thousand tokens of each', { inputTokens: 1_000, outputTokens: 1_000 }, rates(2.5, 10), 12_500_000],
    ['one token at a price of less than a nano', { inputTokens: 1 }, rates(0.0001, 0), 0],
    ['half a nano, rounded up', { inputTokens: 1 }, rates(0.0005, 0), 1],
    [
      'parts below a nano that add up to one',
      { inputTokens: 3, outputTokens: 1 },
      rates(0.00025, 0.00025),
      1,
    ],
    ['nothing', {}, rates(1, 1), 0],
    ['a model that is free', { inputTokens: 5_000 }, rates(0, 0), 0],
    [
      'every token once: cached and written ones are part of the input, reasoning of the output',
      {
        inputTokens: 100,
        cachedInputTokens: 60,
        cacheWriteTokens: 30,
        outputTokens: 50,
        reasoningTokens: 40,
      },
      rates(1, 2, {
        cachedInputNanos: toNanos(0.1),
        cacheWriteNanos: toNanos(1.25),
        reasoningNanos: toNanos(3),
      }),
      10 * 1_000 + 60 * 100 + 30 * 1_250 + 10 * 2_000 + 40 * 3_000,
    ],
    [
      'cached and reasoning tokens without a price of their own, as the others',
      { inputTokens: 100, cachedInputTokens: 60, outputTokens: 50, reasoningTokens: 40 },
      rates(1, 2),
      100 * 1_000 + 50 * 2_000,
    ],
    [
      'parts that are more than the whole',
      { inputTokens: 10, cachedInputTokens: 99, cacheWriteTokens: 99 },
      rates(1, 1),
      10_000,
    ],
  ])('%s', (_name, tokens, price, expected) => {
    expect(costNanos({ ...NO_TOKENS, ...tokens }, price)).toBe(expected)
  })

  test('is exact where floating point is not, up to the greatest counts and prices', () => {
    const count = fc.oneof(fc.nat(10_000), fc.nat(LIMITS.tokens))
    // As people write prices, with up to six decimals.
    const price = fc.nat(100_000_000).map((millionths) => millionths / 1e6)
    const rate = fc.oneof(
      fc.constant(1),
      fc.nat(20_000_000).map((millionths) => millionths / 1e6),
    )
    fc.assert(
      fc.property(count, count, price, price, rate, (inputTokens, outputTokens, input, output, exchange) => {
        const scaled = (value: number) => BigInt(Math.round(value * 1e6))
        // tokens × price × 1e6 × rate × 1e6 ÷ 1e6 (per million) ÷ 1e12 × 1e9 nanos, half up
        const exact =
          (BigInt(inputTokens) * scaled(input) + BigInt(outputTokens) * scaled(output)) * scaled(exchange)
        const expected = Number((2n * exact + 1_000_000_000n) / 2_000_000_000n)
        expect(costNanos({ ...NO_TOKENS, inputTokens, outputTokens }, rates(input, output), exchange)).toBe(
          expected,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
