import { expect, test } from 'vitest'
import { createCrashCount } from '../../../src/main/electron/crash-count.ts'

test('a crash is followed by loading again, later each time, and the third in a minute by giving up', () => {
  let now = 0
  const count = createCrashCount(() => now)
  expect(count.crashed()).toEqual({ kind: 'reload', delayMs: 250 })
  now = 10_000
  expect(count.crashed()).toEqual({ kind: 'reload', delayMs: 1_000 })
  now = 20_000
  expect(count.crashed()).toEqual({ kind: 'give-up' })
})

test('crashes that are further apart are each the first', () => {
  let now = 0
  const count = createCrashCount(() => now)
  for (let crash = 0; crash < 10; crash += 1) {
    expect(count.crashed()).toEqual({ kind: 'reload', delayMs: 250 })
    now += 60_000
  }
})
