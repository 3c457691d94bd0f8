import { expect, test } from 'vitest'
import { recordLink } from '../../../src/main/alerts/wording/record-link.ts'
import { readAppLink } from '../../../src/main/electron/app-link.ts'

test('a link in a notification leads to its record', () => {
  expect(readAppLink(recordLink('0190-abc'))).toBe('/alerts/records/0190-abc')
  expect(readAppLink('llmops-console://alerts/records')).toBe('/alerts/records')
  expect(readAppLink('llmops-console://alerts/records/')).toBe('/alerts/records')
})

test.each([
  'llmops-console://settings',
  'llmops-console://alerts/records/../../settings',
  'llmops-console://alerts/records/a?b=c',
  'llmops-console://alerts/records/a%2Fb',
  'https://alerts/records/a',
  ' llmops-console://alerts/records/a',
  '--data-dir',
])('%s leads nowhere', (text) => expect(readAppLink(text)).toBeUndefined())
