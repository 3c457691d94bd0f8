import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeCrash, describeError, logLine } from '../../src/main/log-line.ts'

const AT = Date.UTC(2026, 0, 2)

test('a line says when, how grave and what', () => {
  expect(logLine(AT, 'warn', 'the disk is full')).toBe('2026-01-02T00:00:00.000Z warn the disk is full\n')
})

test.each([
  ['Authorization: Bearer abcdefghijkl123', 'Authorization: [secret]'],
  ['the key sk-proj-0123456789abcdef was refused', 'the key [secret] was refused'],
  ['connect to https://user:pass@host/', 'connect to https:[secret]host/'],
])('%s is kept without the secret', (message, kept) => {
  expect(logLine(AT, 'info', message)).toContain(kept)
})

test('whatever is logged is one line of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 6_000 }), (message) => {
      const line = logLine(AT, 'error', message)
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(line.length).toBeLessThanOrEqual(2_100)
    }),
  )
})

test('what could not be parsed is not quoted', () => {
  let error: unknown
  try {
    JSON.parse('my secret prompt')
  } catch (caught) {
    error = caught
  }
  expect(describeError(error)).toBe('SyntaxError')
  expect(describeError(new Error('outer', { cause: error }))).toBe('outer (SyntaxError)')
})

test('of an error that nobody expected only its origin is kept', () => {
  const line = describeCrash(Object.assign(new Error('my secret prompt'), { code: 'EPIPE' }))
  expect(line).toMatch(/^Error EPIPE at /)
  expect(line).toContain('log-line.test')
  expect(line).not.toContain('secret')
  expect(describeCrash('my secret prompt')).toBe('string')
})
