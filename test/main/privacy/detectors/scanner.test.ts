import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { DetectorId } from '#shared/contract/privacy.ts'
import { DETECTORS } from '#shared/contract/privacy.ts'
import { isCardNumber, passesLuhn } from '../../../../src/main/privacy/detectors/card.ts'
import { isResidentId } from '../../../../src/main/privacy/detectors/resident-id.ts'
import { Scanner } from '../../../../src/main/privacy/detectors/scanner.ts'
import { HARMLESS, SAMPLES } from '../samples.ts'

const scanner = new Scanner(DETECTORS)
const found = (text: string) => scanner.scan(text).map(({ start, end, by }) => [by, text.slice(start, end)])
const all = DETECTORS.flatMap((by) => SAMPLES[by].map((sample): [DetectorId, string] => [by, sample]))

describe('what is to be found', () => {
  test.each(all)('%s: %s', (by, sample) => {
    for (const around of [
      sample,
      `It is ${sample}, she said`,
      `他的是${sample}。请保密`,
      `（${sample}）`,
      `"${sample}"`,
      `key=${sample};`,
      `one\n${sample}\ntwo`,
      String.raw`{\"text\": \"one\n${sample}\"}`,
      `<b>${sample}</b>`,
    ]) {
      expect([around, found(around)]).toEqual([around, [[by, sample]]])
    }
  })

  test.each([
    ['bearer-token', 'Authorization: Bearer ', 'abcDEF123456-_.~+/xyz=='],
    ['bearer-token', '"authorization": "Bearer ', 'abcDEF1234567890'],
    ['bearer-token', 'authorization=', 'abcdef1234567890abcdef'],
    ['bearer-token', 'AUTHORIZATION: Basic ', 'dXNlcjpwYXNz'],
    ['bearer-token', 'bearer ', 'v2.local.0123456789abcdef'],
    ['aws-key', 'AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['aws-key', '"SecretAccessKey" : "', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['azure-key', 'AccountName=x;AccountKey=', `${'aB3/'.repeat(21)}xY==`],
    ['azure-key', 'api-key: ', '0123456789abcdef0123456789abcdef'],
    ['vendor-key', String.raw`{\"api_key\": \"`, 'abcdefghij0123456789ABCDEFGHIJ0123456789'],
  ])('%s by what stands before it: %s', (by, before, secret) => {
    expect(found(`${before}${secret}`)).toEqual([[by, secret]])
    expect(found(`一个${before}${secret} 和`)).toEqual([[by, secret]])
  })

  test('a key that was cut goes as far as there is any', () => {
    const cut = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQ'.repeat(20)}`
    expect(found(cut)).toEqual([['private-key', cut]])
  })
})

describe('what is not to be found', () => {
  test.each(HARMLESS)('%s', (text) => {
    expect(found(text)).toEqual([])
    expect(found(`看${text}，`)).toEqual([])
  })
})

describe('the numbers that carry a check', () => {
  test('Luhn finds any wrong digit', () => {
    for (let index = 0; index < 16; index += 1) {
      const number = [...'4111111111111111']
      number[index] = String((Number(number[index]) + 1) % 10)
      expect(passesLuhn(number.join(''))).toBe(false)
    }
    expect(isCardNumber('4111111111111111')).toBe(true)
    // Luhn alone is passed by one number in ten.
    expect(passesLuhn('1000000000000008')).toBe(true)
    expect(isCardNumber('1000000000000008')).toBe(false)
  })

  test('the check character of a resident id finds any wrong digit', () => {
    for (let index = 0; index < 17; index += 1) {
      const id = [...'11010519491231002X']
      id[index] = String((Number(id[index]) + 1) % 10)
      expect(isResidentId(id.join(''))).toBe(false)
    }
  })
})

test('a detector that is off finds nothing, and leaves its place to others', () => {
  const secret = SAMPLES['anthropic-key'][0] ?? ''
  for (const by of DETECTORS) {
    const others = new Scanner(DETECTORS.filter((id) => id !== by))
    for (const sample of SAMPLES[by]) {
      expect(others.scan(sample).filter((match) => match.by === by)).toEqual([])
    }
  }
  const withoutBearer = new Scanner(['anthropic-key'])
  expect(withoutBearer.scan(`Bearer ${secret}`)).toEqual([
    { start: 7, end: 7 + secret.length, by: 'anthropic-key' },
  ])
})

test('no text makes it throw; what it finds is in order and does not overlap', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...all.map(([, sample]) => sample), ...HARMLESS),
    fc.stringMatching(/^[-_.:@+=/\\"'() 0-9a-fA-FxXsk]{0,30}$/),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      let last = 0
      for (const { start, end } of scanner.scan(text)) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
        last = end
      }
    }),
  )
})

/** How many characters a scan looks at, one by one. */
function charactersRead(text: string): number {
  const charCodeAt = vi.spyOn(String.prototype, 'charCodeAt')
  try {
    scanner.scan(text)
    return charCodeAt.mock.calls.length
  } finally {
    charCodeAt.mockRestore()
  }
}

test.each([
  '@',
  'a@',
  'a@b.',
  'a'.repeat(63) + '@',
  '1',
  '1 ',
  '1-',
  '4111 1111 ',
  '1.',
  '1.1.1.1.',
  '+1(',
  ':',
  'a:',
  'a::',
  'fe80:',
  '-',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  'eyJ',
  'eyJaaaaaaaa.',
  'eyJaaaaaaaa.a.',
  'sk-',
  'sk-ant-',
  'sk-a1',
  'AKIA',
  'bearer ',
  'bearer/',
  'Authorization: ',
  'authorization=',
  'api_key=',
  'key:',
  'y:"',
  '\\"',
  'JQQJ9',
  'ghp_',
  '你@',
])('a hostile text of %s takes time in proportion to its length', (unit) => {
  const readOf = (length: number) => charactersRead(unit.repeat(Math.ceil(length / unit.length)))
  // Ten times the text, ten times the work: its square would be a hundred times.
  expect(readOf(4_000) / readOf(400)).toBeLessThan(13)
})
