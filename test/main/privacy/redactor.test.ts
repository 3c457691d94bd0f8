import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OwnPattern, PrivacySettings } from '#shared/contract/privacy.ts'
import { DETECTORS } from '#shared/contract/privacy.ts'
import { compilePattern } from '../../../src/main/privacy/own-patterns.ts'
import { Redactor } from '../../../src/main/privacy/redactor.ts'
import { HARMLESS, SAMPLES } from './samples.ts'

const ALL_ON = Object.fromEntries(DETECTORS.map((id) => [id, true])) as PrivacySettings['detectors']
const ALL_OFF = Object.fromEntries(DETECTORS.map((id) => [id, false])) as PrivacySettings['detectors']
const own = (pattern: string, others: Partial<OwnPattern> = {}): OwnPattern => ({
  id: pattern,
  name: 'staff number',
  pattern,
  replacement: '',
  isEnabled: true,
  app: '',
  ...others,
})
const redactor = new Redactor({ detectors: ALL_ON, patterns: [] })
const withPatterns = (...patterns: OwnPattern[]) => new Redactor({ detectors: ALL_OFF, patterns })
/** In one line, as they are in JSON's texts. */
const samples = DETECTORS.flatMap((id) => SAMPLES[id])

test('a visible marker stands in the place of what was found', () => {
  expect(redactor.redact('写信给 ann@example.com，电话 13812345678。', 'text', 'app')).toBe(
    '写信给 [redacted:email]，电话 [redacted:phone]。',
  )
})

test('a number is found though another one follows it', () => {
  expect(redactor.redact('+4930123456 415.555.2671', 'text', 'app')).toBe('[redacted:phone] [redacted:phone]')
})

test('JSON stays JSON: texts, keys, numbers, escapes and JSON within JSON', () => {
  const value = {
    'ann@example.com': 'k',
    card: 4111111111111111,
    list: [13812345678, -1.5, 'call 13812345678, please', 'a "quoted" ann@example.com\nann@example.com'],
    arguments: JSON.stringify({ to: 'ann@example.com', note: '一\nann@example.com', path: 'C:\\new' }),
  }
  const redacted: unknown = JSON.parse(redactor.redact(JSON.stringify(value), 'json', 'app'))
  expect(redacted).toEqual({
    '[redacted:email]': 'k',
    card: '[redacted:card]',
    list: [
      '[redacted:phone]',
      -1.5,
      'call [redacted:phone], please',
      'a "quoted" [redacted:email]\n[redacted:email]',
    ],
    arguments: JSON.stringify({ to: '[redacted:email]', note: '一\n[redacted:email]', path: 'C:\\new' }),
  })
})

test('escapes hide nothing, and JSON without secrets stays as it is written', () => {
  expect(
    redactor.redact(String.raw`{"a":"ann\u0040example.com","b":"\u4f60ann@example.com"}`, 'json', ''),
  ).toBe('{"a":"[redacted:email]","b":"你[redacted:email]"}')
  const harmless = String.raw`{"a":"\u4f60 \/ \ud83d\ude00 \" \\", "n": 1.50}`
  expect(redactor.redact(harmless, 'json', '')).toBe(harmless)
})

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ...samples,
    ...HARMLESS,
    '[redacted:email]',
    'Bearer ',
    'api_key: ',
    '\\',
    '"',
    '\n',
    '\\n',
  ),
)
const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(' '))

test('redacting twice is redacting once', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const once = redactor.redact(text, 'text', '')
      expect(redactor.redact(once, 'text', '')).toBe(once)
      const json = redactor.redact(JSON.stringify({ text, more: [text] }), 'json', '')
      expect(redactor.redact(json, 'json', '')).toBe(json)
    }),
  )
})

test('nothing that was planted is left, in texts and in JSON however deep', () => {
  const around = fc.stringMatching(/^[a-z 一二三。，\n]{0,20}$/)
  fc.assert(
    fc.property(fc.constantFrom(...samples), around, around, (secret, before, after) => {
      const text = `${before} ${secret}\n${after}`
      expect(redactor.redact(text, 'text', '')).not.toContain(secret)
      const inner = JSON.stringify({ text })
      const json = redactor.redact(JSON.stringify([{ inner, text }]), 'json', '')
      expect(json).not.toContain(secret)
      expect(JSON.stringify(JSON.parse(json))).toBe(json)
    }),
  )
})

describe("patterns of the user's own", () => {
  test('replace what they find, to the letter', () => {
    const redacted = withPatterns(own('EMP-\\d{4}'), own('(?i)acme', { replacement: '$1<b>' }))
    expect(redacted.redact('EMP-1234 at ACME', 'text', 'app')).toBe('[redacted:staff number] at $1<b>')
    expect(redacted.redact('{"EMP-1234":"Acme \\"x\\""}', 'json', 'app')).toBe(
      '{"[redacted:staff number]":"$1<b> \\"x\\""}',
    )
  })

  test('find across what JSON escapes, and in numbers', () => {
    const redacted = withPatterns(own('a"\\nb', { replacement: '"' }), own('^42$', { id: 'n' }))
    expect(JSON.parse(redacted.redact(JSON.stringify({ x: 'a"\nb', n: 42, m: 421 }), 'json', ''))).toEqual({
      x: '"',
      n: '[redacted:staff number]',
      m: 421,
    })
  })

  test('are for one app, or for all; those that are off find nothing', () => {
    const redacted = withPatterns(own('one', { app: 'shop' }), own('two'), own('three', { isEnabled: false }))
    const text = 'one two three'
    expect(redacted.redact(text, 'text', 'shop')).toBe(
      '[redacted:staff number] [redacted:staff number] three',
    )
    expect(redacted.redact(text, 'text', 'other')).toBe('one [redacted:staff number] three')
    expect(redacted.redact(text, 'text', undefined)).toBe('one [redacted:staff number] three')
  })

  test('take with them whatever overlaps', () => {
    const both = new Redactor({ detectors: ALL_ON, patterns: [own('user \\w+'), own('example\\.com/\\w+')] })
    expect(both.redact('user ann@example.com/page', 'text', '')).toBe('[redacted:staff number]')
  })

  test('are counted by their id', () => {
    const counts: string[] = []
    const counting = new Redactor({ detectors: ALL_ON, patterns: [own('EMP-\\d+')] }, (by) => counts.push(by))
    counting.redact('EMP-1 ann@example.com', 'text', '')
    counting.redact('["EMP-1","ann@example.com"]', 'json', '')
    expect(counts.sort()).toEqual(['EMP-\\d+', 'EMP-\\d+', 'email', 'email'])
  })

  test.each([
    ['(a', 'bracket', 0],
    ['a)', 'bracket', 0],
    ['x[z-a]', 'range', 2],
    ['a**', 'repetition', 1],
    ['*a', 'repetition', 0],
    ['a{2000}', 'repetition', 1],
    ['a(?=b)', 'unsupported', 1],
    ['(a)\\1', 'escape', 3],
    ['a\\', 'escape', 1],
    ['a*', 'matches-empty', null],
    ['\\b', 'matches-empty', null],
    ['^', 'matches-empty', null],
    ['(a{500}b{400}){1}(c{900})(d{900})(e{900})(f{900})(g{900})(h{900})', 'too-large', null],
  ])('%s is refused: %s at %s', (pattern, fault, position) => {
    expect(compilePattern(pattern)).toMatchObject({ fault, position })
  })

  test('what would never end elsewhere is searched for like any other', () => {
    const redacted = withPatterns(own('(a+)+$', { replacement: 'x' }))
    expect(redacted.redact(`${'a'.repeat(100_000)}b`, 'text', '')).toHaveLength(100_001)
    expect(redacted.redact('a'.repeat(100_000), 'text', '')).toBe('x')
  })

  test('a text that a pattern cannot be searched for in time is withheld', () => {
    const compiled = compilePattern('a(.*b)?', 0)
    expect('find' in compiled && compiled.find('a'.repeat(5_000))).toBeNull()
  })
})
