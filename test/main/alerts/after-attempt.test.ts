import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterAttempt, GIVE_UP_AFTER_MS } from '../../../src/main/alerts/after-attempt.ts'
import { NOW } from './make-message.ts'

const failed = (attempts: number, given: { retryAfterMs?: number; random?: number; ageMs?: number } = {}) => {
  const { retryAfterMs, random = 0.5, ageMs = 0 } = given
  const result = {
    outcome: 'retry',
    reason: 'network',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  return afterAttempt({ id: 'd', attempts, createdAt: NOW - ageMs }, result as never, { now: NOW, random })
}
const delayOf = (mark: { nextAttemptAt: number | null }) => (mark.nextAttemptAt ?? NaN) - NOW

test.each([
  [1, 5_000],
  [2, 10_000],
  [3, 20_000],
  [6, 160_000],
  [7, 300_000],
  [500, 300_000],
])('after attempt %i it waits %i ms', (attempts, delayMs) => {
  expect(failed(attempts)).toMatchObject({ status: 'retrying', reason: 'network' })
  expect(delayOf(failed(attempts))).toBe(delayMs)
})

test('delays differ by a fifth at most, and are never longer than five minutes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, random) => {
        const plain = delayOf(failed(n))
        const delay = delayOf(failed(n, { random }))
        expect(delay).toBeGreaterThanOrEqual(plain * 0.8 - 1)
        expect(delay).toBeLessThanOrEqual(Math.min(300_000, plain * 1.2 + 1))
      },
    ),
  )
})

test('it waits as long as the other side asks for, but not less than it would', () => {
  expect(delayOf(failed(1, { retryAfterMs: 3_600_000 }))).toBe(3_600_000)
  expect(delayOf(failed(3, { retryAfterMs: 1_000 }))).toBe(20_000)
})

test('after a day it is given up', () => {
  expect(failed(9, { ageMs: GIVE_UP_AFTER_MS - 300_000 })).toMatchObject({ status: 'retrying' })
  expect(failed(9, { ageMs: GIVE_UP_AFTER_MS - 299_999 })).toMatchObject({
    status: 'dead',
    reason: 'network',
    nextAttemptAt: null,
  })
})

test('what arrived, is refused or is suppressed is not tried again', () => {
  const moment = { now: NOW, random: 0 }
  const delivery = { id: 'd', attempts: 1, createdAt: NOW }
  expect(afterAttempt(delivery, { outcome: 'sent', lastStatus: 204 }, moment)).toEqual({
    id: 'd',
    status: 'sent',
    reason: null,
    lastStatus: 204,
    nextAttemptAt: null,
  })
  expect(
    afterAttempt(delivery, { outcome: 'dead', reason: 'refused', lastStatus: 404 }, moment),
  ).toMatchObject({
    status: 'dead',
    nextAttemptAt: null,
  })
  expect(afterAttempt(delivery, { outcome: 'suppressed', reason: 'unsupported' }, moment)).toMatchObject({
    status: 'suppressed',
    reason: 'unsupported',
  })
})
