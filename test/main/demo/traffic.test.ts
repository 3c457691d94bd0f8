import { describe, expect, test } from 'vitest'
import type { AppLogInput } from '#shared/contract/app-logs.ts'
import { appLogInputSchema } from '#shared/contract/app-logs.ts'
import { INCIDENT } from '../../../src/main/demo/scenario.ts'
import { demoCalls } from '../../../src/main/demo/traffic.ts'

const HOUR_MS = 3_600_000
// A Thursday with an incident, at midnight in UTC+8.
const DAY_START_MS = Date.parse('2026-11-19T00:00:00+08:00')
const wholeDay = {
  seed: 7,
  fromMs: DAY_START_MS,
  toMs: DAY_START_MS + 24 * HOUR_MS,
  callsPerDay: 12_000,
  utcOffsetMinutes: 480,
}
const calls = [...demoCalls(wholeDay)]
const hourOf = (call: AppLogInput) => Math.floor((Number(call.startedAt) - DAY_START_MS) / HOUR_MS)

describe('demo traffic', () => {
  test('is the same for the same seed and another for another', () => {
    expect([...demoCalls(wholeDay)]).toEqual(calls)
    expect([...demoCalls({ ...wholeDay, seed: 8 })]).not.toEqual(calls)
  })

  test('is the same whether made in one piece or in two', () => {
    const noon = DAY_START_MS + 12 * HOUR_MS
    const pieces = [...demoCalls({ ...wholeDay, toMs: noon }), ...demoCalls({ ...wholeDay, fromMs: noon })]
    expect(pieces).toEqual(calls)
  })

  test('comes in order, each call with an id of its own', () => {
    const starts = calls.map((call) => Number(call.startedAt))
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    expect(new Set(calls.map((call) => call.requestId)).size).toBe(calls.length)
  })

  test('is accepted by the collector, call by call', () => {
    const refused = calls.filter((call) => !appLogInputSchema.safeParse(call).success)
    expect(refused).toEqual([])
  })

  test('is busy in office hours and quiet at night', () => {
    const inHours = (from: number, to: number) =>
      calls.filter((call) => hourOf(call) >= from && hourOf(call) < to).length
    expect(inHours(9, 12)).toBeGreaterThan(3 * inHours(1, 4))
    expect(inHours(1, 4)).toBeGreaterThan(0)
  })

  test('fails now and then, and much more in the hour of an incident', () => {
    const errorShare = (isIncident: boolean) => {
      const chosen = calls.filter((call) => (hourOf(call) === INCIDENT.hour) === isIncident)
      return chosen.filter((call) => call.errorType !== undefined).length / chosen.length
    }
    expect(errorShare(false)).toBeGreaterThan(0.005)
    expect(errorShare(false)).toBeLessThan(0.08)
    expect(errorShare(true)).toBeGreaterThan(0.08)
  })

  test('speaks Chinese and English', () => {
    const responses = calls.map((call) => (typeof call.response === 'string' ? call.response : ''))
    expect(responses.some((text) => /[\u4e00-\u9fff]{4}/.test(text))).toBe(true)
    expect(responses.some((text) => /^[\x20-\x7e]{40,}$/.test(text))).toBe(true)
  })
})
