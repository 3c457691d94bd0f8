import { expect, test } from 'vitest'
import { suggestBudget } from '../../../../src/renderer/pages/costs/suggest-budget.ts'

test.each([
  [34.34, 50],
  [0.13, 0.2],
  [0.12, 0.15],
  [1, 1.5],
  [83, 100],
  [84, 150],
  [100, 150],
  [1_234, 1_500],
  [0.004, null],
  [0, null],
])('what cost %f in 30 days may cost %s a month', (spent, suggested) => {
  expect(suggestBudget(spent * 1e9)).toBe(suggested)
})
