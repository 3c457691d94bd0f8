import { expect, test } from 'vitest'
import { recordLink } from '../../../src/main/alerts/wording/record-link.ts'
import { readAppLink } from '../../../src/main/electron/app-link.ts'

test('a link in a notification leads to its record', () => {
  expect(readAppLink(recordLink('0190-abc'))).toBe('/alerts/records/0190-abc')
  expect(readAppLink('llmops://alerts/records')).toBe('/alerts/records')
  expect(readAppLink('llmops://alerts/records/')).toBe('/alerts/records')
})

test.each([
  'llmops://settings',
  'llmops://alerts/records/../../settings',
  'llmops://alerts/records/a?b=c',
  'llmops://alerts/records/a%2Fb',
  'https://alerts/records/a',
  ' llmops://alerts/records/a',
  '--data-dir',
])('%s leads nowhere', (text) => expect(readAppLink(text)).toBeUndefined())
