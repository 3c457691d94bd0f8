import { expect, test } from 'vitest'
import type { BudgetWithStatus } from '#shared/contract/budgets.ts'
import { budgetPace } from '../../../../src/renderer/pages/dashboard/budget-pace.ts'

const HOUR = 3_600_000

function budget(given: Partial<BudgetWithStatus> & { days?: number }): BudgetWithStatus {
  const { days = 1, ...more } = given
  return {
    id: 'b',
    name: 'Budget',
    scope: {},
    period: 'day',
    amount: 24,
    isEnabled: true,
    ...more,
    status: {
      periodStart: 0,
      periodEnd: days * 24 * HOUR,
      currency: 'USD',
      spentNanos: 0,
      remainingNanos: 0,
      forecastNanos: 0,
      usedPercent: 0,
      state: 'ok',
      unpricedRequests: 0,
    },
  }
}

test('a budget is spent evenly over its period', () => {
  expect(budgetPace([budget({})], {}, HOUR)?.units).toBe(1)
  expect(budgetPace([budget({ period: 'month', days: 30, amount: 720 })], {}, 2 * HOUR)?.units).toBe(2)
})

test('only one that is about exactly the calls that are shown is a line to see their cost against', () => {
  const ofShop = budget({ scope: { app: 'shop' } })
  expect(budgetPace([ofShop], {}, HOUR)).toBeUndefined()
  expect(budgetPace([ofShop], { app: 'shop' }, HOUR)?.budget).toBe(ofShop)
  expect(budgetPace([ofShop], { app: 'desk' }, HOUR)).toBeUndefined()
  expect(budgetPace([ofShop], { app: 'shop', environment: 'test' }, HOUR)).toBeUndefined()
  expect(budgetPace([budget({})], { provider: 'openai' }, HOUR)).toBeUndefined()
})

test('of several it is the tightest, and none that is switched off', () => {
  const tight = budget({ id: 'tight', period: 'month', days: 30, amount: 72 })
  const off = budget({ id: 'off', amount: 1, isEnabled: false })
  expect(budgetPace([budget({}), tight, off], {}, HOUR)?.budget.id).toBe('tight')
})
