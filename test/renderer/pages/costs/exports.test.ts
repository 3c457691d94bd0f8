import { expect, test } from 'vitest'
import { csvOf } from '../../../../src/shared/export/csv.ts'
import { budgetTable } from '../../../../src/renderer/pages/costs/budget-export.ts'
import {
  priceTable,
  recalculatedTable,
  unpricedTable,
} from '../../../../src/renderer/pages/costs/price-export.ts'

const linesOf = (table: Parameters<typeof csvOf>[0]) => csvOf(table).trimEnd().split('\r\n').slice(1)

test('prices are exported as they were written, with their tiers and without a day if they hold from ever on', () => {
  const rates = {
    inputPerMillion: 0.15,
    outputPerMillion: 0.6,
    cachedInputPerMillion: null,
    cacheWritePerMillion: null,
    reasoningPerMillion: null,
  }
  const config = {
    id: 'user:1',
    provider: '',
    model: '=house',
    match: 'prefix' as const,
    ...rates,
    tiers: [{ aboveInputTokens: 200_000, ...rates }],
    currency: 'CNY',
    validFrom: 0,
    validUntil: Date.UTC(2026, 10, 24),
    isEnabled: true,
    source: 'user' as const,
    notes: '',
    sourceUrl: null,
    sourceDate: null,
    hasPricedCalls: false,
  }
  const [line = ''] = linesOf(priceTable([config]))
  expect(line).toContain('"","\'=house","prefix",0.15,0.6,,,,"[{""aboveInputTokens"":200000,')
  expect(line).toContain('"CNY",,"2026-11-24T00:00:00.000Z",true,"user",,,""')
})

test('costs are exported in units of their currency, which stands beside them', () => {
  const models = [{ model: 'gpt-4o', calls: 3, changed: 2, beforeNanos: 1, afterNanos: 2_500_000_000 }]
  expect(linesOf(recalculatedTable(models, 'USD'))).toEqual(['"gpt-4o",3,2,1e-9,2.5,"USD"'])
})

test('calls of no model are a row, too', () => {
  expect(linesOf(unpricedTable([{ model: null, provider: 'house', calls: 7, reason: 'no-model' }]))).toEqual([
    ',"house",7,"no-model"',
  ])
})

test('a budget that is overspent has a negative rest, which is a number', () => {
  const budget = {
    id: 'b-1',
    name: 'shop',
    scope: { app: 'shop' },
    period: 'month' as const,
    amount: 10,
    isEnabled: true,
    status: {
      periodStart: 0,
      periodEnd: 86_400_000,
      currency: 'USD',
      spentNanos: 12_500_000_000,
      remainingNanos: -2_500_000_000,
      forecastNanos: 20_000_000_000,
      usedPercent: 125,
      state: 'exceeded' as const,
      unpricedRequests: 0,
    },
  }
  expect(linesOf(budgetTable([budget]))).toEqual([
    '"shop","shop",,,"month","1970-01-01T00:00:00.000Z","1970-01-02T00:00:00.000Z",10,12.5,-2.5,20,"USD",125,"exceeded",0,true',
  ])
})
