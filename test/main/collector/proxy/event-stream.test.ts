import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventStream, LineStream } from '../../../../src/main/collector/proxy/event-stream.ts'

const MAX = 1_000

function readEvents(chunks: Uint8Array[], maxLength = MAX): { data: string[]; hasSkipped: boolean } {
  const data: string[] = []
  const stream = new EventStream(maxLength, (text) => data.push(text))
  for (const chunk of chunks) stream.push(chunk)
  stream.end()
  return { data, hasSkipped: stream.hasSkipped }
}

function readLines(chunks: Uint8Array[], maxLength = MAX): { data: string[]; hasSkipped: boolean } {
  const data: string[] = []
  const stream = new LineStream(maxLength, (text) => data.push(text))
  for (const chunk of chunks) stream.push(chunk)
  stream.end()
  return { data, hasSkipped: stream.hasSkipped }
}

const bytes = (text: string) => Buffer.from(text)

/** Cuts bytes at the given places, which may be anywhere. */
function chunked(text: string, cuts: number[]): Uint8Array[] {
  const whole = bytes(text)
  const places = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b)
  return [0, ...places].map((start, index) => whole.subarray(start, places[index] ?? whole.length))
}

describe('server-sent events', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['a byte order mark', '\ufeffdata: a\n\n', ['a']],
    ['comments', ': keep-alive\n\n:\ndata: a\n: more\n\n', ['a']],
    ['other fields', 'event: x\nid: 1\nretry: 5\nunknown\ndata: a\n\n', ['a']],
    ['no space behind the colon', 'data:a\n\n', ['a']],
    ['two spaces behind the colon', 'data:  a\n\n', [' a']],
    ['data on two lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['a field without a colon', 'data\n\n', ['']],
    ['no blank line at the end', 'data: a\n\ndata: b', ['a', 'b']],
    ['events without data', 'event: ping\n\n\n\n', []],
    ['a colon in the data', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['nothing', '', []],
  ])('%s', (_name, text, expected) => {
    expect(readEvents([bytes(text)])).toEqual({ data: expected, hasSkipped: false })
  })

  test('one that is too long is left out, and those beside it are not', () => {
    const long = 'x'.repeat(MAX + 1)
    expect(readEvents([bytes(`data: a\n\ndata: ${long}\n\ndata: b\n\n`)])).toEqual({
      data: ['a', 'b'],
      hasSkipped: true,
    })
    const line = `data: ${'y'.repeat(MAX / 2)}\n`
    expect(readEvents([bytes(`${line.repeat(3)}\ndata: b\n\n`)])).toEqual({ data: ['b'], hasSkipped: true })
  })

  test('are the same however they are chunked', () => {
    const piece = fc.constantFrom(
      ...[
        'data: ',
        'data:',
        ': ',
        'event: x',
        '\n',
        '\r\n',
        '\r',
        '\n\n',
        '{"t":"Grüße 世界 🎉"}',
        'x',
        '\u2028',
      ],
      'z'.repeat(60),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (pieces, cuts) => {
          const text = pieces.join('')
          expect(readEvents(chunked(text, cuts), 100)).toEqual(readEvents([bytes(text)], 100))
          expect(readLines(chunked(text, cuts), 100)).toEqual(readLines([bytes(text)], 100))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('carry any text of one line', () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 50 })
      .filter((text) => !/[\r\n]/.test(text) && text.isWellFormed())
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.map((item) => `data: ${item}\n\n`).join('')
        expect(readEvents([bytes(text)]).data).toEqual(lines)
      }),
    )
  })
})

describe('lines of JSON', () => {
  test('come one by one, blank ones left out, the last one without an end too', () => {
    expect(readLines([bytes('{"a":1}\r\n\n  \n{"b":2}\n{"c":3}')]).data).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ])
  })

  test('that are too long are left out', () => {
    expect(readLines([bytes(`a\n${'x'.repeat(MAX + 1)}\nb`)])).toEqual({ data: ['a', 'b'], hasSkipped: true })
    expect(readLines([bytes(`a\n${'x'.repeat(MAX + 1)}`)])).toEqual({ data: ['a'], hasSkipped: true })
  })
})
