import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonRecords } from '../../../src/main/transfer/json-records.ts'

/** Cuts a text into records, in chunks that end where it hurts. */
function recordsOf(text: string, ends: number[] = [], maxBytes = 1_000_000) {
  const bytes = Buffer.from(text)
  const records = new JsonRecords({ maxBytes })
  const found = []
  let start = 0
  for (const end of [...ends.map((end) => end % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    found.push(...records.push(bytes.subarray(start, end)))
    start = end
  }
  return [...found, ...records.end()]
}

const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 })), {
  minLength: 1,
  maxLength: 6,
})
const chunks = fc.array(fc.nat(10_000), { maxLength: 8 })

test('records are the same however a file is laid out, and however it is chunked', () => {
  const layouts: ((values: unknown[]) => string)[] = [
    (values) => values.map((value) => JSON.stringify(value)).join('\n'),
    (values) => values.map((value) => `${JSON.stringify(value)}\r\n\r\n`).join(''),
    (values) => JSON.stringify(values),
    (values) => JSON.stringify(values, null, 2),
    (values) => `\ufeff \n${JSON.stringify(values, null, '\t')}\n`,
    (values) => values.map((value) => JSON.stringify([value])).join('\n'),
  ]
  fc.assert(
    fc.property(objects, chunks, fc.constantFrom(...layouts), (values, ends, layOut) => {
      const records = recordsOf(layOut(values), ends)
      const parsed: unknown[] = records.map(({ text }) => JSON.parse(text ?? '') as unknown)
      expect(parsed.flat(1)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('one object over many lines is one record', () => {
  const value = { resourceSpans: [{ scopeSpans: [{ spans: ['}', '\\"{', '"'] }] }] }
  expect(recordsOf(JSON.stringify(value, null, 2))).toEqual([
    { line: 1, text: JSON.stringify(value, null, 2) },
  ])
  expect(recordsOf(`{"resourceSpans": [\n1]}\n`)).toEqual([{ line: 1, text: '{"resourceSpans": [\n1]}' }])
})

test('each record says on which line it begins, and what is broken spoils no other line', () => {
  expect(recordsOf('{"a":1}\n{"a":\n"}\n\n{"a":4}')).toEqual([
    { line: 1, text: '{"a":1}' },
    { line: 2, text: '{"a":' },
    { line: 3, text: '"}' },
    { line: 5, text: '{"a":4}' },
  ])
  expect(recordsOf('[\n  {"a":1},\n  {"a" 2},\n  3\n]\n')).toEqual([
    { line: 2, text: '{"a":1}' },
    { line: 3, text: '{"a" 2}' },
    { line: 4, text: '3\n' },
  ])
  expect(recordsOf('garbage\n{"a":1}').map(({ line }) => line)).toEqual([1, 2])
})

test('a record that is too long is left out and noted, those around it are read', () => {
  const long = JSON.stringify({ a: 'x'.repeat(200) })
  const lines = recordsOf(`{"a":1}\n${long}\n{"a":3}`, [30, 90], 100)
  expect(lines.map(({ text }) => text)).toEqual(['{"a":1}', null, '{"a":3}'])
  const array = recordsOf(`[{"a":1},${long},{"a":3}]`, [30, 90], 100)
  expect(array.map(({ text }) => text)).toEqual(['{"a":1}', null, '{"a":3}'])
})

test('nothing is in an empty file', () => {
  for (const text of ['', '\n\n', '[]', ' [ ] ', '\ufeff']) expect(recordsOf(text)).toEqual([])
})
