import { expect, test } from 'vitest'
import { ClockGuard } from '../../../src/main/retention/clock-guard.ts'
import { HandClock } from './hand-clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 5, 30)

test('time that goes by is believed, however long', () => {
  const clock = new HandClock(NOW)
  const guard = new ClockGuard(clock, null, null)
  clock.pass(400 * DAY)
  expect(guard.look()).toBeNull()
})

test('a clock that is set forward is believed up to a day, and back at any time', () => {
  const clock = new HandClock(NOW)
  const guard = new ClockGuard(clock, null, null)
  clock.set(NOW + 24 * HOUR)
  expect(guard.look()).toBeNull()
  clock.set(NOW + 48 * HOUR + 1)
  expect(guard.look()).toEqual({ expectedAt: NOW + 24 * HOUR, now: NOW + 48 * HOUR + 1 })
  clock.set(NOW)
  expect(guard.look()).toBeNull()
})

test('doubt lasts over a restart, whatever calls arrived meanwhile, until it is confirmed', () => {
  const clock = new HandClock(NOW)
  const guard = new ClockGuard(clock, null, null)
  clock.set(NOW + 30 * DAY)
  expect(guard.look()).not.toBeNull()
  const restarted = new ClockGuard(clock, guard.seen(), clock.now())
  expect(restarted.look()).toEqual({ expectedAt: NOW, now: NOW + 30 * DAY })
  restarted.confirm()
  expect(restarted.look()).toBeNull()
  expect(new ClockGuard(clock, restarted.seen(), null).look()).toBeNull()
})

test('after a restart the newest call tells that time went by, and a longer gap is asked about', () => {
  const seen = { seenAt: NOW, isDoubted: false }
  const clock = new HandClock(NOW + 3 * DAY)
  expect(new ClockGuard(clock, seen, NOW + 2.5 * DAY).look()).toBeNull()
  expect(new ClockGuard(clock, seen, NOW + 1 * DAY).look()).toEqual({
    expectedAt: NOW + DAY,
    now: NOW + 3 * DAY,
  })
})
