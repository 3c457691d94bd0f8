import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOurPage, outsideLink } from '../../../src/main/electron/link-policy.ts'

const OURS = 'app://console'

test.each([
  'app://console',
  'app://console/',
  'app://console/index.html#/calls',
  'app://console/assets/index.js?x=1',
])('%s is one of our pages', (url) => {
  expect(isOurPage(url, OURS)).toBe(true)
})

test.each([
  '',
  'app://console.evil/index.html',
  'app://consolex/',
  'app://user@console/',
  'app://console:80/',
  'file:///etc/passwd',
  'data:text/html,x',
  'javascript:alert(1)',
  'about:blank',
  'https://console/',
  'blob:app://console/x',
])('%s is not', (url) => {
  expect(isOurPage(url, OURS)).toBe(false)
})

test('the browser is given https addresses, as they are', () => {
  expect(outsideLink('https://example.com/a?b=c#d')).toBe('https://example.com/a?b=c#d')
})

test.each([
  'http://example.com/',
  'https://user:secret@example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://server/share',
  'ms-msdt:/id PCWDiagnostic',
  'llmops://alerts/records',
  'vscode://file/etc/passwd',
  '//example.com/',
  'not an address',
  '',
])('%s is opened by nothing', (url) => {
  expect(outsideLink(url)).toBeUndefined()
})

test('whatever a link says, it is https or nothing', () => {
  const schemes = fc.constantFrom(
    'https://',
    'HTTPS:',
    'http://',
    'file:///',
    'x:',
    ' https:',
    'https:\\',
    '',
  )
  fc.assert(
    fc.property(schemes, fc.string(), (scheme, rest) => {
      expect(outsideLink(scheme + rest) ?? 'https://').toMatch(/^https:\/\//)
    }),
  )
})
