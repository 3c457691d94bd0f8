import { expect, test } from 'vitest'
import { METRICS, newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'

test.each(METRICS)('a rule may be about %s with no more said than its threshold', (metric) => {
  const condition = { metric, comparison: 'gt', threshold: 1, budgetId: 'month' }
  const rule = newAlertRuleSchema.parse({ name: 'r', conditions: [condition] })
  expect(rule.conditions).toEqual([{ ...condition, windowMinutes: 5 }])
})
