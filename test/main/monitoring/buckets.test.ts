import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutIntoBuckets } from '../../../src/main/monitoring/buckets.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 24, 12, 34, 56, 789)

const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Asia/Kolkata',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
]

/** A time as people of a zone write it. */
const local = (t: number, timeZone: string) =>
  new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(t)

describe('cutIntoBuckets', () => {
  test('begins days at midnight of the time zone, also those of 23 and 25 hours', () => {
    const starts = (from: string, to: string) =>
      cutIntoBuckets({ from: Date.parse(from), to: Date.parse(to) }, 'day', 'Europe/Berlin').starts
    const spring = starts('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')
    expect(spring.map((t) => local(t, 'Europe/Berlin'))).toEqual([
      '2026-03-28 00:00:00',
      '2026-03-29 00:00:00',
      '2026-03-30 00:00:00',
    ])
    expect([(spring[1] ?? 0) - (spring[0] ?? 0), (spring[2] ?? 0) - (spring[1] ?? 0)]).toEqual([
      DAY,
      23 * HOUR,
    ])
    const autumn = starts('2026-10-25T00:00:00Z', '2026-10-26T12:00:00Z')
    expect((autumn[1] ?? 0) - (autumn[0] ?? 0)).toBe(25 * HOUR)
  })

  test.each([
    // From 00:00 to 01:00: there is no midnight, and yet one on the days after.
    ['Africa/Cairo', '2026-04-23T12:00Z', ['23 00:00', '24 01:00', '25 00:00', '26 00:00']],
    ['America/Santiago', '2026-09-05T12:00Z', ['05 00:00', '06 01:00', '07 00:00', '08 00:00']],
    // From 01:00 to 00:00: there are two of them.
    ['America/Havana', '2026-11-01T05:30Z', ['01 00:00', '02 00:00', '03 00:00', '04 00:00']],
  ])('begins days with the first moment of each in %s', (timeZone, from, days) => {
    const range = { from: Date.parse(from), to: Date.parse(from) + 3 * DAY }
    const { starts } = cutIntoBuckets(range, 'day', timeZone)
    expect(starts.map((t) => local(t, timeZone).slice(8, 16))).toEqual(days)
    // What was a second before is of the day before.
    expect(starts.map((t) => local(t - 1000, timeZone).slice(11))).toEqual(days.map(() => '23:59:59'))
    const hours = cutIntoBuckets(range, 'hour', timeZone).starts
    expect(hours.filter((t) => t >= (starts[1] ?? 0))).toEqual(expect.arrayContaining(starts.slice(1)))
  })

  test.each([
    // From 02:00 to 01:30, and from 02:00 to 02:30.
    ['2026-04-04T13:00Z', ['00:00', '01:00', '01:30', '02:00', '03:00']],
    ['2026-10-03T13:30Z', ['00:00', '01:00', '02:30', '03:00', '04:00']],
  ])('begins full hours again after clocks were changed by half an hour, from %s', (from, hours) => {
    const range = { from: Date.parse(from), to: Date.parse(from) + 4 * HOUR }
    const { starts } = cutIntoBuckets(range, 'hour', 'Australia/Lord_Howe')
    expect(starts.map((t) => local(t, 'Australia/Lord_Howe').slice(11, 16))).toEqual(hours)
  })

  test('begins hours at full hours of the time zone, half an hour away too', () => {
    const range = { from: NOW, to: NOW + 2 * HOUR }
    expect(cutIntoBuckets(range, 'hour', 'Asia/Kolkata').starts.map((t) => local(t, 'Asia/Kolkata'))).toEqual(
      ['2026-11-24 18:00:00', '2026-11-24 19:00:00', '2026-11-24 20:00:00'],
    )
  })

  test.each([
    [HOUR, 10_000],
    [6 * HOUR, MINUTE],
    [DAY, 5 * MINUTE],
    [7 * DAY, 30 * MINUTE],
    [30 * DAY, 2 * HOUR],
    [90 * DAY, 6 * HOUR],
    [365 * DAY, DAY],
  ])('chooses for a range of %i ms buckets of %i ms', (lengthMs, bucketMs) => {
    expect(cutIntoBuckets({ from: NOW - lengthMs, to: NOW }, 'auto', 'UTC').bucketMs).toBe(bucketMs)
  })

  test('chooses 60 to 400 points for any range from a minute to 10,000 years, and covers it wholly', () => {
    const ranges = fc.tuple(
      fc.integer({ min: Date.UTC(1990), max: NOW }),
      fc.double({ min: Math.log(MINUTE), max: Math.log(10_000 * 365 * DAY), noNaN: true }).map(Math.exp),
      fc.constantFrom(...ZONES),
    )
    fc.assert(
      fc.property(ranges, ([from, length, timeZone]) => {
        const to = from + Math.round(length)
        const { bucketMs, starts } = cutIntoBuckets({ from, to }, 'auto', timeZone)
        expect(starts.length).toBeGreaterThanOrEqual(57)
        // One more at each end, where the range cuts a bucket.
        expect(starts.length).toBeLessThanOrEqual(402)
        expect(starts[0]).toBeLessThanOrEqual(from)
        expect(starts[1]).toBeGreaterThan(from)
        expect(starts.at(-1)).toBeLessThan(to)
        expect((starts.at(-1) ?? 0) + bucketMs + HOUR).toBeGreaterThanOrEqual(to)
        starts.slice(1).forEach((t, index) => expect(t).toBeGreaterThan(starts[index] ?? 0))
      }),
      { numRuns: 300 },
    )
  })

  test('refuses more points than the limit', () => {
    expect(() => cutIntoBuckets({ from: 0, to: 10_001 * MINUTE }, 'minute', 'UTC')).toThrow('10001 points')
  })
})
