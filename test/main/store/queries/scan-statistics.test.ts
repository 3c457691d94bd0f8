import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitRange } from '../../../../src/main/store/queries/scan-statistics.ts'

const HOUR = 3_600_000

describe('splitRange', () => {
  test.each([
    {
      name: 'reads ranges up to six hours from raw rows, so that percentiles are exact',
      request: { from: 0, to: 6 * HOUR, bucketMs: null },
      expected: { rollup: null, raw: [{ from: 0, to: 6 * HOUR }] },
    },
    {
      name: 'reads a longer range of whole hours from rollups only',
      request: { from: 0, to: 7 * HOUR, bucketMs: null },
      expected: { rollup: { from: 0, to: 7 * HOUR }, raw: [] },
    },
    {
      name: 'reads the hours that the range cuts at both ends from raw rows',
      request: { from: HOUR - 1, to: 8 * HOUR + 1, bucketMs: HOUR },
      expected: {
        rollup: { from: HOUR, to: 8 * HOUR },
        raw: [
          { from: HOUR - 1, to: HOUR },
          { from: 8 * HOUR, to: 8 * HOUR + 1 },
        ],
      },
    },
    {
      name: 'reads buckets below an hour from raw rows, however long the range',
      request: { from: 0, to: 48 * HOUR, bucketMs: 60_000 },
      expected: { rollup: null, raw: [{ from: 0, to: 48 * HOUR }] },
    },
    {
      name: 'reads whole hours before 1970 too',
      request: { from: -9 * HOUR - 1, to: -HOUR, bucketMs: null },
      expected: { rollup: { from: -9 * HOUR, to: -HOUR }, raw: [{ from: -9 * HOUR - 1, to: -9 * HOUR }] },
    },
  ])('$name', ({ request, expected }) => {
    expect(splitRange(request)).toEqual(expected)
  })

  test('covers every moment of the range once and none outside, with rollups for whole hours only', () => {
    const requests = fc.record({
      from: fc.integer({ min: -50 * HOUR, max: 50 * HOUR }),
      lengthMs: fc.integer({ min: 1, max: 50 * HOUR }),
      bucketMs: fc.constantFrom(null, 60_000, HOUR),
    })
    fc.assert(
      fc.property(requests, ({ from, lengthMs, bucketMs }) => {
        const to = from + lengthMs
        const { rollup, raw } = splitRange({ from, to, bucketMs })
        const parts = [...raw, ...(rollup && rollup.from < rollup.to ? [rollup] : [])].sort(
          (a, b) => a.from - b.from,
        )
        expect(parts[0]?.from).toBe(from)
        expect(parts.at(-1)?.to).toBe(to)
        parts.slice(1).forEach((part, index) => expect(part.from).toBe(parts[index]?.to))
        if (rollup) expect([Math.abs(rollup.from % HOUR), Math.abs(rollup.to % HOUR)]).toEqual([0, 0])
      }),
      { numRuns: 500 },
    )
  })
})
