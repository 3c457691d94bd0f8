import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DurationDistribution } from '../../../src/main/store/duration-distribution.ts'
import { DurationHistogram, HISTOGRAM_RELATIVE_ERROR } from '../../../src/main/store/duration-histogram.ts'
import { durationsUs } from './make-call.ts'
import { nearestRank } from './nearest-rank.ts'

function encoded(values: readonly number[]): Uint8Array {
  const histogram = new DurationHistogram()
  for (const value of values) histogram.add(value)
  return histogram.encode()
}

describe('DurationDistribution', () => {
  test('has no percentile without durations', () => {
    expect(new DurationDistribution().percentileUs(0.5)).toBeNull()
  })

  test('gives exact percentiles as long as all durations came one by one', () => {
    fc.assert(
      fc.property(fc.array(durationsUs), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const distribution = new DurationDistribution()
        for (const value of values) distribution.add(value)
        expect(distribution.percentileUs(share)).toBe(nearestRank(values, share))
      }),
    )
  })

  test.each([
    { name: 'takes durations after it was asked', values: [3, 1], more: [2], share: 0.5, expected: 2 },
    { name: 'takes the lower of two middle ones', values: [10, 20], more: [], share: 0.5, expected: 10 },
    { name: 'takes the largest for P99 of few', values: [1, 2, 3], more: [], share: 0.99, expected: 3 },
  ])('$name', ({ values, more, share, expected }) => {
    const distribution = new DurationDistribution()
    for (const value of values) distribution.add(value)
    distribution.percentileUs(share)
    for (const value of more) distribution.add(value)
    expect(distribution.percentileUs(share)).toBe(expected)
  })

  test('stays within the guaranteed error when durations come both ways, in any order', () => {
    const parts = fc.tuple(
      fc.array(durationsUs),
      fc.array(durationsUs, { minLength: 1 }),
      fc.array(durationsUs),
      fc.constantFrom(0.5, 0.95, 0.99),
    )
    fc.assert(
      fc.property(parts, ([before, merged, after, share]) => {
        const distribution = new DurationDistribution()
        for (const value of before) distribution.add(value)
        distribution.merge(encoded(merged))
        for (const value of after) distribution.add(value)
        const exact = nearestRank([...before, ...merged, ...after], share) ?? NaN
        const estimate = distribution.percentileUs(share) ?? NaN
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * (HISTOGRAM_RELATIVE_ERROR + 1e-9))
      }),
    )
  })
})
