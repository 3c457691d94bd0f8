import { describe, expect, test } from 'vitest'
import { periodAt } from '../../../src/main/budgets/period.ts'

const HOUR = 3_600_000

describe('periodAt', () => {
  test.each([
    ['day', '2026-11-24T15:59:59.999Z', 'Asia/Shanghai', '2026-11-23T16:00Z', 24],
    ['day', '2026-11-24T16:00Z', 'Asia/Shanghai', '2026-11-24T16:00Z', 24],
    ['day', '2026-11-24T00:00Z', 'UTC', '2026-11-24T00:00Z', 24],
    ['day', '2026-01-01T00:00Z', 'Asia/Kathmandu', '2025-12-31T18:15Z', 24],
    // Clocks go on and back.
    ['day', '2024-03-10T12:00Z', 'America/New_York', '2024-03-10T05:00Z', 23],
    ['day', '2024-11-03T12:00Z', 'America/New_York', '2024-11-03T04:00Z', 25],
    // From 00:00 to 01:00: there is no midnight.
    ['day', '2024-04-26T12:00Z', 'Africa/Cairo', '2024-04-25T22:00Z', 23],
    ['day', '2024-04-25T12:00Z', 'Africa/Cairo', '2024-04-24T22:00Z', 24],
    // From 01:00 to 00:00: there are two of them.
    ['day', '2024-11-02T12:00Z', 'America/Havana', '2024-11-02T04:00Z', 24],
    ['day', '2024-11-03T04:30Z', 'America/Havana', '2024-11-03T04:00Z', 25],
    ['day', '2024-11-03T05:30Z', 'America/Havana', '2024-11-03T04:00Z', 25],
    // A Sunday is the last day of its week, a Monday the first.
    ['week', '2026-11-29T12:00Z', 'UTC', '2026-11-23T00:00Z', 168],
    ['week', '2026-11-30T00:00Z', 'UTC', '2026-11-30T00:00Z', 168],
    ['week', '2026-11-29T23:30Z', 'Asia/Shanghai', '2026-11-29T16:00Z', 168],
    ['week', '2024-11-03T12:00Z', 'America/New_York', '2024-10-28T04:00Z', 169],
    ['week', '2024-03-31T12:00Z', 'Europe/Berlin', '2024-03-24T23:00Z', 167],
    ['month', '2026-11-30T15:59Z', 'Asia/Shanghai', '2026-10-31T16:00Z', 30 * 24],
    ['month', '2026-11-30T16:00Z', 'Asia/Shanghai', '2026-11-30T16:00Z', 31 * 24],
    ['month', '2024-02-29T12:00Z', 'UTC', '2024-02-01T00:00Z', 29 * 24],
    ['month', '2024-03-15T12:00Z', 'America/New_York', '2024-03-01T05:00Z', 31 * 24 - 1],
  ] as const)('the %s of %s in %s begins at %s and has %i hours', (period, at, zone, from, hours) => {
    const start = Date.parse(from)
    expect(periodAt(period, Date.parse(at), zone)).toEqual({ from: start, to: start + hours * HOUR })
  })

  test.each(['day', 'week', 'month'] as const)('one %s begins where the one before ends', (name) => {
    for (const zone of ['America/Havana', 'Africa/Cairo', 'Asia/Shanghai', 'America/Santiago']) {
      let { to } = periodAt(name, Date.UTC(2024, 7, 1), zone)
      for (let count = 0; count < 100; count += 1) {
        const next = periodAt(name, to, zone)
        expect(next.from).toBe(to)
        expect(periodAt(name, next.to - 1, zone)).toEqual(next)
        to = next.to
      }
    }
  })
})
