import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFormatters } from '../../../src/renderer/format/formatters.ts'
import { sharesOf } from '../../../src/renderer/format/shares-of.ts'

test.each([
  [
    [98_018, 1_982],
    [0.9801, 0.0199],
  ],
  [
    [1, 1, 1],
    [0.3333, 0.3333, 0.3334],
  ],
  [
    [999_999, 1],
    [0.9999, 0.0001],
  ],
  [
    [5, 0],
    [1, 0],
  ],
  [
    [0, 0],
    [null, null],
  ],
])('the shares of %j are %j', (values, expected) => {
  expect(sharesOf(values)).toEqual(expected)
})

test('shares add up to a whole, none is a hundredth of a percent off, and the first is what stands alone elsewhere', () => {
  const counts = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 })
  const { percent } = createFormatters('en')
  fc.assert(
    fc.property(counts, (values) => {
      const total = values.reduce((sum, value) => sum + value, 0)
      fc.pre(total > 0)
      const shares = sharesOf(values).map((share) => share ?? Number.NaN)
      expect(shares.reduce((sum, share) => sum + Math.round(share * 10_000), 0)).toBe(10_000)
      shares.forEach((share, index) => {
        expect(Math.abs(share - (values[index] ?? 0) / total)).toBeLessThanOrEqual(0.0001)
      })
      if (values.length < 2 || (values[1] ?? 0) === 0) return
      const [first, second] = sharesOf(values.slice(0, 2))
      expect(percent(first ?? null)).toBe(percent((values[0] ?? 0) / ((values[0] ?? 0) + (values[1] ?? 0))))
      expect(second).not.toBe(0)
    }),
  )
})
