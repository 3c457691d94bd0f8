import { describe, expect, test } from 'vitest'
import { forecastNanos, rateWindowAt } from '../../../src/main/budgets/forecast.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOW = Date.UTC(2026, 10, 11)
/** November, of which ten days are over. */
const MONTH = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1) }

describe('rateWindowAt', () => {
  test('is a day for a day’s budget, else a week, and looks as far back again for the first call', () => {
    const day = rateWindowAt('day', NOW)
    const end = NOW + 5 * MINUTE
    expect(day).toEqual({ from: end - DAY, to: end, lookBackFrom: end - 2 * DAY })
    const week = { from: end - 7 * DAY, to: end, lookBackFrom: end - 14 * DAY }
    expect(rateWindowAt('week', NOW)).toEqual(week)
    expect(rateWindowAt('month', NOW)).toEqual(week)
  })

  test('has a call of this very moment in it, and lies on the buckets of the rollups', () => {
    for (const now of [NOW, NOW + 1, NOW + 5 * MINUTE - 1]) {
      const { from, to } = rateWindowAt('month', now)
      expect(to).toBeGreaterThan(now)
      expect([from % (5 * MINUTE), to % (5 * MINUTE)]).toEqual([0, 0])
    }
  })
})

describe('forecastNanos', () => {
  const window = rateWindowAt('month', NOW)
  const at = (sums: { spentNanos: number; windowNanos: number; firstStart: number | null }, now = NOW) =>
    forecastNanos({ now, period: MONTH, window: rateWindowAt('month', now) }, sums)

  test.each([
    ['a steady rate goes on', { spentNanos: 100, windowNanos: 70, firstStart: window.lookBackFrom }, 300],
    ['nothing spent', { spentNanos: 0, windowNanos: 0, firstStart: null }, 0],
    ['what has stopped', { spentNanos: 100, windowNanos: 0, firstStart: null }, 100],
    ['spent at once long ago', { spentNanos: 1_000, windowNanos: 7, firstStart: window.lookBackFrom }, 1_020],
    [
      'begun four days ago: not averaged over the days before',
      { spentNanos: 40, windowNanos: 40, firstStart: window.to - 4 * DAY },
      240,
    ],
    ['begun this minute: taken for a whole day’s', { spentNanos: 10, windowNanos: 10, firstStart: NOW }, 210],
  ])('%s', (_name, sums, expected) => {
    expect(at(sums)).toBe(expected)
  })

  test('the first minute of a month is forecast like the last week', () => {
    expect(at({ spentNanos: 1, windowNanos: 70, firstStart: 0 }, MONTH.from + MINUTE)).toBe(301)
  })

  test('at the end of a period it is what was spent', () => {
    expect(at({ spentNanos: 123, windowNanos: 70_000, firstStart: 0 }, MONTH.to)).toBe(123)
  })
})
