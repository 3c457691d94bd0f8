import { describe, expect, test } from 'vitest'
import { isQuiet } from '../../../src/main/alerts/quiet-hours.ts'

const at = (iso: string) => Date.parse(iso)
const NIGHT = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }

describe('quiet hours', () => {
  test('that there are not are never quiet', () => {
    expect(isQuiet(null, 0)).toBe(false)
    expect(isQuiet({ from: '08:00', to: '08:00', timeZone: 'UTC' }, at('2026-01-01T08:00Z'))).toBe(false)
  })

  test.each([
    ['2026-01-15T20:59:59Z', false],
    ['2026-01-15T21:00:00Z', true],
    ['2026-01-16T05:59:59Z', true],
    ['2026-01-16T06:00:00Z', false],
  ])('over midnight, in winter: %s is %s', (iso, expected) => {
    expect(isQuiet(NIGHT, at(iso))).toBe(expected)
  })

  test.each([
    ['2026-07-15T19:59:59Z', false],
    ['2026-07-15T20:00:00Z', true],
    ['2026-07-16T04:59:59Z', true],
    ['2026-07-16T05:00:00Z', false],
  ])('in summer an hour earlier: %s is %s', (iso, expected) => {
    expect(isQuiet(NIGHT, at(iso))).toBe(expected)
  })

  const around = { from: '02:15', to: '03:15', timeZone: 'Europe/Berlin' }

  test.each([
    // Clocks go from 02:00 to 03:00 at 01:00 UTC: what is left of it is a quarter of an hour.
    ['2026-03-29T00:59:59Z', false],
    ['2026-03-29T01:00:00Z', true],
    ['2026-03-29T01:14:59Z', true],
    ['2026-03-29T01:15:00Z', false],
    // Clocks go from 03:00 to 02:00 at 01:00 UTC: 02:15 to 03:00 comes twice.
    ['2026-10-25T00:14:59Z', false],
    ['2026-10-25T00:15:00Z', true],
    ['2026-10-25T00:59:59Z', true],
    ['2026-10-25T01:00:00Z', false],
    ['2026-10-25T01:15:00Z', true],
    ['2026-10-25T02:14:59Z', true],
    ['2026-10-25T02:15:00Z', false],
  ])('on the days when clocks change they are what clocks show: %s is %s', (iso, expected) => {
    expect(isQuiet(around, at(iso))).toBe(expected)
  })

  test('are of their time zone', () => {
    expect(isQuiet({ ...NIGHT, timeZone: 'Asia/Shanghai' }, at('2026-01-15T14:00:00Z'))).toBe(true)
    expect(isQuiet({ ...NIGHT, timeZone: 'Asia/Shanghai' }, at('2026-01-15T23:00:00Z'))).toBe(false)
  })
})
