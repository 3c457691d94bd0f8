import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sparkPath, thinOut } from '../../../src/renderer/components/spark-path.ts'

const box = { width: 100, height: 20, fromZero: true }

test('the line goes from the left to the right of its box, the highest value at the top', () => {
  expect(sparkPath([0, 5, 10], box).line).toBe('M0 20L50 10L100 0')
  expect(sparkPath([0, 5, 10], box).area).toBe('M0 20L0 20L50 10L100 0L100 20Z')
})

test('amounts stand on zero, shares on the least of them', () => {
  expect(sparkPath([5, 10], box).line).toBe('M0 10L100 0')
  expect(sparkPath([0.9, 1], { ...box, fromZero: false }).line).toBe('M0 20L100 0')
})

test('what is not known is a gap, and a value between two gaps a dot', () => {
  expect(sparkPath([1, 1, null, 2, null], box).line).toBe('M0 10L25 10M75 0h0.01')
})

test('what never changes is a line, and of nothing there is none', () => {
  expect(sparkPath([3, 3], { ...box, fromZero: false }).line).toBe('M0 10L100 10')
  expect(sparkPath([0, 0], box)).toEqual({ line: '', area: '' })
  expect(sparkPath([null, null], box)).toEqual({ line: '', area: '' })
  expect(sparkPath([], box)).toEqual({ line: '', area: '' })
})

const values = fc.array(fc.option(fc.double({ min: -1e12, max: 1e12, noNaN: true })), { maxLength: 400 })

test('a thinned course is short, keeps its gaps and stays between its extremes', () => {
  fc.assert(
    fc.property(values, (all) => {
      const thin = thinOut(all, 48)
      expect(thin.length).toBeLessThanOrEqual(48)
      const known = all.filter((value) => value !== null)
      for (const value of thin) {
        if (value === null) continue
        expect(value).toBeGreaterThanOrEqual(Math.min(...known) - 1)
        expect(value).toBeLessThanOrEqual(Math.max(...known) + 1)
      }
      expect(thin.some((value) => value !== null)).toBe(known.length > 0)
    }),
  )
})

test('no path holds anything but numbers', () => {
  fc.assert(
    fc.property(values, fc.boolean(), (all, fromZero) => {
      const { line, area } = sparkPath(all, { ...box, fromZero })
      expect(line + area).toMatch(/^[MLhZ\d .e-]*$/)
    }),
  )
})
