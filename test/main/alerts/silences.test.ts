import { expect, test } from 'vitest'
import { isSilenced } from '../../../src/main/alerts/silences.ts'
import { makeRule } from './make-record.ts'

const silence = (matchers: object, startsAt = 0, endsAt = 100) => ({
  id: 's',
  matchers,
  startsAt,
  endsAt,
  reason: '',
})
const rule = makeRule({ id: 'r', severity: 'warning', filter: { app: ['shop'], model: ['a', 'b'] } })

test.each([
  [{}, true],
  [{ ruleId: 'r' }, true],
  [{ ruleId: 'other' }, false],
  [{ severity: 'warning' }, true],
  [{ severity: 'critical' }, false],
  [{ userId: 'u-1' }, true],
  [{ userId: 'u-2' }, false],
  [{ ruleId: 'r', userId: 'u-1', severity: 'warning' }, true],
  [{ ruleId: 'r', userId: 'u-1', severity: 'critical' }, false],
  // The rule looks at one app only, and at two models.
  [{ app: 'shop' }, true],
  [{ app: 'mail' }, false],
  [{ model: 'a' }, false],
])('a silence that matches %j: %s', (matchers, expected) => {
  expect(isSilenced([silence(matchers)], { rule, labels: { user: 'u-1' } }, 50)).toBe(expected)
})

test('a silence holds from its start until before its end', () => {
  const during = (now: number) => isSilenced([silence({}, 10, 20)], { rule, labels: {} }, now)
  expect([9, 10, 19, 20].map(during)).toEqual([false, true, true, false])
})
