import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Budget } from '#shared/contract/budgets.ts'
import { statusOf } from '../../../src/main/budgets/budget-statuses.ts'
import { budgetStatuses } from '../../../src/main/budgets/index.ts'
import { periodAt } from '../../../src/main/budgets/period.ts'
import type { NewCall } from '../../../src/main/store/call.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { anyCall } from '../store/make-call.ts'

const DAY = 24 * 3_600_000
const START = Date.UTC(2026, 9, 20)
const SPAN = 45 * DAY

const optional = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const budgets = fc.array(
  fc.record({
    scope: fc.record({
      app: optional('checkout-bot', '客服', 'nobody’s'),
      model: optional('gpt-4o', 'claude-sonnet-4'),
      userId: optional('u-1', '用户-3'),
    }),
    period: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
  }),
  { minLength: 1, maxLength: 12 },
)
const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu')

function isIn({ scope }: Pick<Budget, 'scope'>, call: NewCall): boolean {
  return (
    (scope.app === undefined || call.app === scope.app) &&
    (scope.model === undefined || (call.model ?? call.requestModel) === scope.model) &&
    (scope.userId === undefined || call.userId === scope.userId)
  )
}

test('what was spent is the plain sum of the calls, whatever the scope, the period and the time zone', async () => {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  const calls = fc.sample(anyCall({ from: START, spanMs: SPAN }), { numRuns: 2_000, seed: 3 })
  for (let index = 0; index < calls.length; index += 500)
    await store.insertCalls(calls.slice(index, index + 500))
  let spentSomething = 0
  await fc.assert(
    fc.asyncProperty(budgets, fc.nat(SPAN), zones, async (drawn, offset, zone) => {
      const now = START + offset
      const asked = drawn.map((part, index) => ({
        id: String(index),
        name: 'any',
        amount: 1,
        isEnabled: true,
        ...part,
      }))
      const answers = await budgetStatuses(store, asked, now, zone)
      expect(answers.map(({ id }) => id)).toEqual(asked.map(({ id }) => id))
      for (const { status, ...budget } of answers) {
        const { from, to } = periodAt(budget.period, now, zone)
        const inPeriod = calls.filter(
          (call) => call.startedAt >= from && call.startedAt < to && isIn(budget, call),
        )
        const costs = inPeriod.flatMap(({ costNanos }) => costNanos ?? [])
        const spentNanos = costs.reduce((sum, cost) => sum + cost, 0)
        expect(status).toMatchObject({
          periodStart: from,
          periodEnd: to,
          spentNanos,
          remainingNanos: 1e9 - spentNanos,
          unpricedRequests: inPeriod.length - costs.length,
        })
        expect(status.forecastNanos).toBeGreaterThanOrEqual(spentNanos)
        if (spentNanos > 0) spentSomething += 1
      }
    }),
    { numRuns: 40 },
  )
  expect(spentSomething).toBeGreaterThan(50)
})

describe('statusOf', () => {
  const period = { from: 0, to: DAY }
  const sums = (costNanos: number) => ({ requests: 1, unpricedRequests: 2, costNanos, firstStart: 0 })

  test.each([
    [2_500_000_000, 9_000_000_000, 'ok', 25, 7_500_000_000],
    [2_500_000_000, 10_000_000_001, 'at-risk', 25, 7_500_000_000],
    [10_000_000_000, 10_000_000_000, 'ok', 100, 0],
    [12_000_000_000, 12_000_000_000, 'exceeded', 120, -2_000_000_000],
    [0, 0, 'ok', 0, 10_000_000_000],
  ])('of 10, %i nanos spent and %i forecast is %s', (spent, forecast, state, usedPercent, remainingNanos) => {
    expect(statusOf(10, { period, sums: sums(spent), forecast })).toEqual({
      periodStart: 0,
      periodEnd: DAY,
      currency: 'USD',
      spentNanos: spent,
      remainingNanos,
      forecastNanos: forecast,
      usedPercent,
      state,
      unpricedRequests: 2,
    })
  })
})
