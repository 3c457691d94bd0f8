import { expect, test } from 'vitest'
import { readNumber } from '../../../src/renderer/format/read-number.ts'

test.each([
  ['12', 12],
  [' 12.5 ', 12.5],
  ['1,234', 1_234],
  ['1,234,567.8', 1_234_567.8],
  ['0,14', 0.14],
  ['2，5', 2.5],
  ['-3', -3],
  ['', null],
  ['  ', null],
  ['much', NaN],
  ['1,2,3', NaN],
  ['1.234,5', NaN],
])('%j is read as %s', (text, value) => {
  expect(readNumber(text)).toBe(value)
})
