import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fuzzyScore } from '../../../../src/renderer/components/command-palette/fuzzy-score.ts'

describe('fuzzyScore', () => {
  test.each([
    ['dash', 'Dashboard'],
    ['board', 'Dashboard'],
    ['dbrd', 'Dashboard'],
    ['nr', 'New alert rule'],
    ['newru', 'New alert rule'],
    ['new  RULE', 'New alert rule'],
    ['theme dark', 'Theme: dark'],
    ['主题', '主题：深色'],
    ['新则', '新建告警规则'],
    ['4o', 'gpt-4o'],
    ['callId', 'my-call-id'],
  ])('“%s” fits “%s”', (typed, name) => {
    expect(fuzzyScore(typed, name)).toBeGreaterThan(0)
  })

  test.each([
    ['settings', 'a best letter'],
    ['rule', 'elur'],
    ['x', ''],
    ['设置', '主题：深色'],
  ])('“%s” does not fit “%s”', (typed, name) => {
    expect(fuzzyScore(typed, name)).toBeUndefined()
  })

  test('what begins a word is better than what is inside one, and a short name better than a long one', () => {
    const order = (typed: string, names: string[]) =>
      names.toSorted((one, other) => (fuzzyScore(typed, other) ?? 0) - (fuzzyScore(typed, one) ?? 0))
    expect(order('cost', ['Accosted', 'Exchange costs', 'Costs'])).toEqual([
      'Costs',
      'Exchange costs',
      'Accosted',
    ])
  })

  test('nothing typed fits everything alike', () => {
    expect([fuzzyScore('', 'a'), fuzzyScore('  ', 'Costs')]).toEqual([0, 0])
  })

  test('any part of a name finds it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcXYZ0 -新规则') }),
        fc.nat(),
        fc.nat(),
        (name, one, other) => {
          const [from, to] = [one % (name.length + 1), other % (name.length + 1)].toSorted((a, b) => a - b)
          expect(fuzzyScore(name.slice(from, to), name.replaceAll(' ', ''))).toBeDefined()
        },
      ),
    )
  })
})
