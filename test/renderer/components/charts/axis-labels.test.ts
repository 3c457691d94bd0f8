import { describe, expect, test } from 'vitest'
import { labelStepMs, startsStep } from '../../../../src/renderer/components/charts/axis-labels.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

describe('axis labels', () => {
  test.each([
    [15 * MINUTE_MS, 2 * MINUTE_MS],
    [HOUR_MS, 10 * MINUTE_MS],
    [6 * HOUR_MS, HOUR_MS],
    [DAY_MS, 3 * HOUR_MS],
    [7 * DAY_MS, DAY_MS],
    [30 * DAY_MS, 5 * DAY_MS],
    [20 * 365 * DAY_MS, 365 * DAY_MS],
  ])('over %d ms they are %d ms apart', (rangeMs, stepMs) => {
    expect(labelStepMs(rangeMs)).toBe(stepMs)
  })

  test('they stand at full steps of the local clock', () => {
    const at = (hour: number, minute: number) => new Date(2026, 10, 24, hour, minute).getTime()
    expect(startsStep(at(6, 0), MINUTE_MS, HOUR_MS)).toBe(true)
    expect(startsStep(at(6, 1), MINUTE_MS, HOUR_MS)).toBe(false)
    expect(startsStep(at(0, 0), HOUR_MS, DAY_MS)).toBe(true)
    expect(startsStep(at(12, 0), HOUR_MS, DAY_MS)).toBe(false)
  })

  test('a bucket that begins inside a step and is the first of it has the label', () => {
    // As in India, where buckets of an hour in UTC begin at half past.
    const buckets = Array.from({ length: 48 }, (_, index) => new Date(2026, 10, 24, index, 30).getTime())
    const labelled = buckets.filter((t) => startsStep(t, HOUR_MS, DAY_MS))
    expect(labelled.map((t) => new Date(t).getHours())).toEqual([0, 0])
  })
})
