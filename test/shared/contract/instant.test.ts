import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantSchema, parseInstant } from '#shared/contract/instant.ts'

describe('parseInstant', () => {
  test.each([
    [0, 0],
    [1_700_000_000_000, 1_700_000_000_000],
    [1.9, 1],
    [-1.1, -2],
    [8.64e15, 8.64e15],
    ['0', 0],
    ['-1', -1],
    ['1700000000000', 1_700_000_000_000],
    ['2026-11-24', Date.UTC(2026, 10, 24)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-11-24T08:30Z', Date.UTC(2026, 10, 24, 8, 30)],
    ['2026-11-24T08:30:15Z', Date.UTC(2026, 10, 24, 8, 30, 15)],
    ['2026-11-24T08:30:15.123456789Z', Date.UTC(2026, 10, 24, 8, 30, 15, 123)],
    ['2026-11-24T08:30:15,5Z', Date.UTC(2026, 10, 24, 8, 30, 15, 500)],
    ['2026-11-24T08:30:15+08:00', Date.UTC(2026, 10, 24, 0, 30, 15)],
    ['2026-11-24T08:30:15+0800', Date.UTC(2026, 10, 24, 0, 30, 15)],
    ['2026-11-24T23:30:00-01:00', Date.UTC(2026, 10, 25, 0, 30)],
    ['2024-02-29T23:59:59.999+14:00', Date.UTC(2024, 1, 29, 9, 59, 59, 999)],
  ])('reads %j', (value, expected) => {
    expect(parseInstant(value)).toBe(expected)
  })

  test.each([
    { name: 'nothing', value: '' },
    { name: 'a word', value: 'yesterday' },
    { name: 'a local time, whose meaning depends on the reader', value: '2026-11-24T08:30:15' },
    { name: 'a blank in place of the T', value: '2026-11-24 08:30:15Z' },
    { name: 'another calendar style', value: '24/11/2026' },
    { name: 'a month that does not exist', value: '2026-13-01' },
    { name: 'a day that does not exist', value: '2026-11-31' },
    { name: 'the 29th of February of a common year', value: '2026-02-29' },
    { name: 'the 30th of February, with a time', value: '2024-02-30T10:00:00Z' },
    { name: 'an hour that does not exist', value: '2026-11-24T25:00Z' },
    { name: 'a zone that does not exist', value: '2026-11-24T10:00+99:99' },
    { name: 'blanks around', value: ' 2026-11-24 ' },
    { name: 'something behind', value: '2026-11-24T08:30:15Z; drop' },
    { name: 'digits beyond the range of dates', value: '9999999999999999' },
    { name: 'more digits than a number holds', value: '99999999999999999999' },
    { name: 'not a number', value: NaN },
    { name: 'infinity', value: Infinity },
    { name: 'a number beyond the range of dates', value: 8.64e15 + 1 },
    { name: 'exponents', value: '1e12' },
    { name: 'hexadecimal digits', value: '0x10' },
  ])('refuses $name', ({ value }) => {
    expect(parseInstant(value)).toBeUndefined()
  })

  test('reads every date that JavaScript writes, whichever way it is written', () => {
    const dates = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime())
        expect(parseInstant(date.getTime())).toBe(date.getTime())
        expect(parseInstant(String(date.getTime()))).toBe(date.getTime())
      }),
    )
  })

  test('gives whole milliseconds in the range of dates or nothing, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}Z)?$/)),
        (value) => {
          const epochMs = parseInstant(value)
          if (epochMs === undefined) return
          expect(Number.isInteger(epochMs)).toBe(true)
          expect(Number.isNaN(new Date(epochMs).getTime())).toBe(false)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('instantSchema', () => {
  test.each([null, true, {}, [], 'later', Infinity])('tells what it wants when it is given %j', (value) => {
    const parsed = instantSchema.safeParse(value)
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual(['must be ISO 8601 or epoch ms'])
  })
})
