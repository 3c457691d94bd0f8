import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { evenEnd, SPLITS } from '../../../../src/renderer/components/charts/even-end.ts'

test.each([
  [2.31, 3],
  [27_486_918, 30_000_000],
  [460, 600],
  [0.056, 0.06],
  [4, 4],
  [0, 0],
  [-3, 0],
])('an axis that holds %d ends at %d', (value, end) => {
  expect(evenEnd(value)).toBeCloseTo(end, 9)
})

test('both ends of an axis are on the same steps', () => {
  expect([evenEnd(339, 397), evenEnd(58, 397)]).toEqual([400, 100])
})

test('it holds the value, and has no more than a step to spare', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (value) => {
      const end = evenEnd(value)
      expect(end).toBeGreaterThanOrEqual(value * (1 - 1e-9))
      expect(end - value).toBeLessThanOrEqual((value / SPLITS) * 2 + 1e-9)
    }),
  )
})
