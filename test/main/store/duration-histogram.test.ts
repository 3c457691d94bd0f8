import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DurationChanges,
  DurationHistogram,
  HISTOGRAM_RELATIVE_ERROR,
} from '../../../src/main/store/duration-histogram.ts'
import { durationsUs } from './make-call.ts'
import { nearestRank } from './nearest-rank.ts'

const someDurations = fc.array(durationsUs, { minLength: 1, maxLength: 200 })
const shares = fc.constantFrom(0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 1)
// What floating point may add to the guaranteed error.
const ROUNDING = 1e-9

function histogramOf(values: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('DurationHistogram', () => {
  test('has no percentile while it is empty', () => {
    const histogram = new DurationHistogram()
    expect(histogram.percentileUs(0.5)).toBeNull()
    expect(histogram.total).toBe(0)
    expect(histogram.encode()).toHaveLength(0)
  })

  test('keeps every percentile within the guaranteed error of the exact nearest-rank one', () => {
    fc.assert(
      fc.property(someDurations, shares, (values, share) => {
        const exact = nearestRank(values, share) ?? NaN
        const estimate = histogramOf(values).percentileUs(share) ?? NaN
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * (HISTOGRAM_RELATIVE_ERROR + ROUNDING))
      }),
      { numRuns: 500 },
    )
  })

  test('keeps the error for the longest duration that a call may have', () => {
    const longestUs = 366 * 24 * 3_600_000 * 1000
    const estimate = histogramOf([longestUs]).percentileUs(1) ?? NaN
    expect(Math.abs(estimate - longestUs) / longestUs).toBeLessThanOrEqual(
      HISTOGRAM_RELATIVE_ERROR + ROUNDING,
    )
  })

  test('counts durations of no length as the shortest one it can tell', () => {
    expect(histogramOf([0, 0, 1]).percentileUs(1)).toBe(1)
  })

  test('merged with an encoded one holds what a single one would hold', () => {
    fc.assert(
      fc.property(fc.array(durationsUs), fc.array(durationsUs), (left, right) => {
        const merged = histogramOf(left)
        merged.merge(histogramOf(right).encode())
        const single = histogramOf([...left, ...right])
        expect(merged.encode()).toEqual(single.encode())
        expect(merged.total).toBe(single.total)
        expect(merged.percentileUs(0.95)).toBe(single.percentileUs(0.95))
      }),
    )
  })

  test('changed by durations that come and go holds those that stay', () => {
    fc.assert(
      fc.property(fc.array(durationsUs), fc.array(durationsUs), (staying, passing) => {
        const coming = new DurationChanges()
        for (const value of [...passing, ...staying]) coming.add(value, 1)
        const going = new DurationChanges()
        for (const value of passing) going.add(value, -1)
        const together = new DurationChanges()
        together.addAll(coming)
        together.addAll(going)
        const changed = new DurationHistogram()
        changed.apply(together)
        expect(changed.encode()).toEqual(histogramOf(staying).encode())
        expect(changed.total).toBe(staying.length)
      }),
    )
  })

  test('keeps counts that need several bytes', () => {
    const doubling = histogramOf([5])
    for (let round = 0; round < 40; round += 1) doubling.merge(doubling.encode())
    expect(doubling.total).toBe(2 ** 40)
    const read = new DurationHistogram()
    read.merge(doubling.encode())
    expect(read.total).toBe(2 ** 40)
  })

  test('encodes the same durations to the same bytes, whatever their order', () => {
    const shuffled = someDurations.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
    )
    fc.assert(
      fc.property(shuffled, ([values, reordered]) => {
        expect(histogramOf(reordered).encode()).toEqual(histogramOf(values).encode())
      }),
    )
  })

  test('refuses bytes that end in the middle of a bin', () => {
    fc.assert(
      fc.property(someDurations, (values) => {
        const encoded = histogramOf(values).encode()
        // The last byte belongs to the last bin's count; without it the bin is not whole.
        expect(() => new DurationHistogram().merge(encoded.subarray(0, -1))).toThrow(RangeError)
      }),
    )
  })
})
