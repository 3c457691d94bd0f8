import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordLink } from '../../../src/main/alerts/wording/record-link.ts'
import { readAppLink } from '../../../src/main/electron/app-link.ts'

test('a link in a notification leads to its record', () => {
  expect(readAppLink(recordLink('0190-abc'))).toBe('/alerts/records/0190-abc')
})

test.each([
  ['llmops://alerts', '/alerts/records'],
  ['llmops://alerts/records', '/alerts/records'],
  ['llmops://alerts/records/', '/alerts/records'],
  ['llmops://alerts/0190-abc', '/alerts/records/0190-abc'],
  ['llmops:///calls/req-1', '/calls/req-1'],
  ['llmops://calls', '/calls'],
  ['llmops://calls/a%2Fb%3Fc%20d', '/calls/a%2Fb%3Fc%20d'],
  ['llmops://calls/%E8%AF%B7%E6%B1%82', '/calls/%E8%AF%B7%E6%B1%82'],
  ['llmops://feedback', '/feedback'],
  ['llmops://dashboard', '/dashboard'],
  [
    'llmops://dashboard?range=7d&app=check%20out&model=gpt-4o',
    '/dashboard?range=7d&app=check%20out&model=gpt-4o',
  ],
  ['llmops://dashboard/?from=1000&to=2000&userId=a+b', '/dashboard?from=1000&to=2000&userId=a%20b'],
])('%s leads to %s', (link, page) => expect(readAppLink(link)).toBe(page))

test.each([
  'llmops://settings',
  'llmops://alerts/rules',
  'llmops://alerts/channels/x',
  'llmops://alerts/records/../../settings',
  'llmops://alerts/records/a?b=c',
  'llmops://alerts/records/a%2Fb',
  'llmops://calls/..',
  'llmops://calls/%2E%2E',
  'llmops://calls/../settings',
  'llmops://calls/a/b',
  'llmops://calls/a#/settings',
  'llmops://calls/a?delete=1',
  'llmops://calls/%',
  'llmops://calls/a%00b',
  'llmops://calls/a%0Ab',
  'llmops://calls/a b',
  `llmops://calls/${'a'.repeat(201)}`,
  'llmops://feedback/remove',
  'llmops://dashboard/panels',
  'llmops://dashboard?range=99y',
  'llmops://dashboard?from=1',
  'llmops://dashboard?from=1&to=2&range=1h',
  'llmops://dashboard?app=a&app=b',
  'llmops://dashboard?app=a=b',
  'llmops://dashboard?token=x',
  'llmops://dashboard?__proto__=x',
  `llmops://dashboard?app=${'a'.repeat(3_000)}`,
  'llmops://user@calls/a',
  'llmops://calls:80/a',
  'LLMOPS://calls/a',
  'https://alerts/records/a',
  ' llmops://alerts/records/a',
  'javascript:alert(1)',
  '--data-dir',
])('%s leads nowhere', (text) => expect(readAppLink(text)).toBeUndefined())

describe('whatever it is given', () => {
  test('a request id comes through whole, and nothing else leads away from the four pages', () => {
    const id = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => !/\p{Cc}/u.test(text) && text !== '.' && text !== '..')
    fc.assert(
      fc.property(id, (requestId) => {
        const page = readAppLink(`llmops://calls/${encodeURIComponent(requestId)}`)
        expect(decodeURIComponent(page?.slice('/calls/'.length) ?? '')).toBe(requestId)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (rest) => {
        const page = readAppLink(`llmops://${rest}`)
        if (page !== undefined) expect(page).toMatch(/^\/(calls|alerts\/records|feedback|dashboard)\b/)
      }),
    )
  })
})
