import { expect, test } from 'vitest'
import { readRetryAfter } from '../../../../src/main/alerts/channels/retry-after.ts'
import { NOW } from '../make-message.ts'

test.each([
  [undefined, undefined],
  ['120', 120_000],
  [' 0 ', 0],
  // Some send fractions.
  ['0.5', 500],
  ['86400', 3_600_000],
  ['999999999999999', 3_600_000],
  [new Date(NOW + 90_000).toUTCString(), 90_000],
  [new Date(NOW - 90_000).toUTCString(), 0],
  [new Date(NOW + 90_000_000).toUTCString(), 3_600_000],
  ['soon', undefined],
])('%s → %s ms', (header, delayMs) => {
  expect(readRetryAfter(header, NOW)).toBe(delayMs)
})
