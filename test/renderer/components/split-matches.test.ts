import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitMatches } from '../../../src/renderer/components/split-matches.ts'

const shown = (text: string, wanted: string | undefined) =>
  splitMatches(text, wanted)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('')

test.each([
  ['网络延迟很高，延迟', '延迟', '网络[延迟]很高，[延迟]'],
  ['aaaa', 'aaa', '[aaa]a'],
  ['(a+)+$ and (a+)+$', '(a+)+$', '[(a+)+$] and [(a+)+$]'],
  ['a Timeout, TIMEOUT', 'timeOut', 'a [Timeout], [TIMEOUT]'],
  ['É é İ', 'é', 'É [é] İ'],
  ['<b>&amp;', '<b>', '[<b>]&amp;'],
  ['text', undefined, 'text'],
  ['text', '', 'text'],
  ['', 'x', ''],
])('in %j, %j is marked as it is found', (text, wanted, expected) => {
  expect(shown(text, wanted)).toBe(expected)
})

test('the parts together are the text, however many matches it has', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'B', '延', 'İ') }),
      fc.string({ maxLength: 2 }),
      (text, wanted) => {
        expect(
          splitMatches(text, wanted)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      },
    ),
  )
  const many = splitMatches('ab'.repeat(10_000), 'a')
  expect(many.length).toBeLessThan(2_000)
  expect(many.map(({ text }) => text).join('')).toBe('ab'.repeat(10_000))
})
