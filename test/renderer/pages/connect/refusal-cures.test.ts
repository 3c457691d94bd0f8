import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { countTurnedAway, cureOf } from '../../../../src/renderer/pages/connect/refusal-cures.ts'

const mainFolder = join(import.meta.dirname, '../../../../src/main')

/** Reasons as the collector's sources write them. */
const reasons = readdirSync(join(mainFolder, 'collector'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const source = readFileSync(join(mainFolder, 'collector', file), 'utf8')
    return [
      ...source.matchAll(/(?:reason: |badRequest\(|countDropped\()'([a-z-]+)'/g),
      ...source.matchAll(/^ {2}'(store-[a-z]+)': \{ status/gm),
    ].map(([, reason = '']) => reason)
  })

test('every reason for which the collector turns something away has a cure', () => {
  expect(reasons).toContain('host')
  expect(reasons).toContain('token')
  expect(reasons).toContain('json')
  expect(reasons).toContain('store-full')
  expect(reasons.filter((reason) => cureOf(reason) === 'refusals.other')).toEqual([])
})

test('the cures are written in both languages, also for a reason that is not known', () => {
  for (const reason of [...reasons, 'a-reason-of-tomorrow']) {
    for (const language of ['en', 'zh-CN'] as const)
      expect(i18n.global.te(cureOf(reason), language)).toBe(true)
  }
})

test('requests refused, calls rejected and calls dropped are all turned away', () => {
  const counters = {
    accepted: 100,
    duplicates: 7,
    conflicts: 0,
    rejected: 3,
    rejectedByReason: { 'inputTokens must be an integer >= 0': 3 },
    unknownFields: 5,
    truncated: 0,
    notEstimated: 0,
    refused: { host: 2, token: 4 },
    dropped: { 'store-full': 1 },
  }
  expect(countTurnedAway(counters)).toBe(10)
})
