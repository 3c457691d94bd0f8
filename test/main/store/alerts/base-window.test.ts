import { expect, test } from 'vitest'
import { baseTotals } from '../../../../src/main/store/alerts/base-window.ts'
import type { LabelTotals } from '../../../../src/main/store/alerts/call-totals.ts'
import { CallTotals } from '../../../../src/main/store/alerts/call-totals.ts'
import { EXACT_CALLS_MAX } from '../../../../src/main/store/queries/call-selector.ts'
import { randomCalls } from '../make-call.ts'
import { openDatabase } from './open-database.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1)

function added(all: readonly LabelTotals[], app: string): CallTotals {
  const sum = new CallTotals()
  for (const { labels, totals } of all)
    if (labels.app === app) sum.addAll(totals, { durations: true, ttfts: false })
  return sum
}

test('many calls are added up from rollups, and only the ends of the window from calls', async () => {
  const database = await openDatabase()
  const calls = randomCalls({ count: EXACT_CALLS_MAX + 5_000, seed: 7, from: START, spanMs: 4 * HOUR })
  for (let from = 0; from < calls.length; from += 5_000)
    database.writers.inserter.insert([calls.slice(from, from + 5_000)])
  const window = { from: START + 7 * MINUTE, to: START + 4 * HOUR - 13 * MINUTE }
  const rolledUp = baseTotals(database, { ...window, needsCalls: false })
  const exact = baseTotals(database, { ...window, needsCalls: true })
  for (const app of ['checkout-bot', 'test-designer', '客服']) {
    const { durations, ttfts: _, ...sums } = added(rolledUp, app)
    const { durations: exactDurations, ttfts: __, ...exactSums } = added(exact, app)
    expect(sums).toEqual(exactSums)
    expect(sums.requests).toBeGreaterThan(1_000)
    const p95 = exactDurations.percentileUs(0.95) ?? 0
    expect(Math.abs((durations.percentileUs(0.95) ?? 0) - p95)).toBeLessThanOrEqual(p95 / 100)
  }
  expect(() => baseTotals(database, { ...window, needsCalls: true }, 1_000)).toThrow('too many calls')
})
