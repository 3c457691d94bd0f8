import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countTokens } from '../../../../src/main/ingest/estimation/count-tokens.ts'
import { cl100k, o200k } from './vocabularies.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sources = () =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')

const exactly = (text: string, count: (text: string) => number) => countTokens([text], count, Infinity)

describe('texts that are counted whole', () => {
  test.each([
    // As OpenAI's cookbook counts them, in "How to count tokens with tiktoken".
    ['tiktoken is great!', 6, 6],
    ['antidisestablishmentarianism', 6, 6],
    ['2 + 2 = 4', 7, 7],
    ['お誕生日おめでとう', 9, 8],
    ['', 0, 0],
    ['你好,世界', 6, 3],
    ['人工智能正在改变我们的生活方式。', 14, 8],
    // A control token's name is text, whoever writes it.
    ['<|endoftext|>', 7, 7],
  ])('%j has %i tokens of cl100k_base and %i of o200k_base', (text, ofCl100k, ofO200k) => {
    expect(exactly(text, cl100k)).toBe(ofCl100k)
    expect(exactly(text, o200k)).toBe(ofO200k)
  })

  test.each([
    'docs/decisions/003-sqlite-threads.md',
    'CHANGELOG.md',
    'src/main/store/insert-calls.ts',
    'package-lock.json',
  ])('%s has the tokens that the library counts in one piece', (file) => {
    const text = read(file)
    expect(exactly(text, o200k)).toBe(o200k(text))
    expect(exactly(text, cl100k)).toBe(cl100k(text))
  })

  test('so has any text of words in any script, however long', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'the',
        'don’t',
        "I'm",
        'LLM',
        '你好',
        '模型',
        '延迟',
        'é',
        'e\u0301',
        '👩‍💻',
        'Привет',
        '𝒳',
        '12345',
      ),
      fc.string({ maxLength: 12, unit: 'grapheme' }),
    )
    const gap = fc.constantFrom(' ', '  ', '\n', '\n\n', '，', '。', '-', "'", '\t', '')
    const text = fc
      .array(fc.tuple(word, gap), { minLength: 1, maxLength: 200 })
      .map((words) => words.flat().join(''))
      // Where nothing divides a run, it is cut through.
      .filter((words) => !/[^\s,.!?，。-]{120}/u.test(words))
    fc.assert(
      fc.property(text, (words) => {
        expect(exactly(words, o200k)).toBe(o200k(words))
        expect(exactly(words, cl100k)).toBe(cl100k(words))
      }),
      { numRuns: 300 },
    )
  })
})

describe('texts that are too long to be counted whole', () => {
  /** How far off the count of a real text is, where a part of it was looked at. */
  const BOUND = 0.05

  test.each<[string, () => string]>([
    ['source code', sources],
    ['JSON', () => read('package-lock.json')],
    ['Chinese, then English', () => read('README.zh-CN.md').repeat(20) + read('README.md').repeat(20)],
    ['code among prose', () => read('README.md').repeat(10) + sources() + read('README.zh-CN.md').repeat(10)],
  ])('%s is counted within 5 %', (_, make) => {
    const text = make()
    const exact = o200k(text)
    const estimate = countTokens([text], o200k, 100_000)
    expect(text.length).toBeGreaterThan(150_000)
    expect(Math.abs(estimate - exact) / exact).toBeLessThan(BOUND)
    expect(countTokens([text], o200k, 100_000)).toBe(estimate)
  })

  test('the same holds for many short texts, which begin and end where they do', () => {
    const lines = sources().split('\n')
    const exact = lines.reduce((sum, line) => sum + o200k(line), 0)
    const estimate = countTokens(lines, o200k, 100_000)
    expect(Math.abs(estimate - exact) / exact).toBeLessThan(BOUND)
  })

  test('no more is looked at than the limit says, from the first letter to the last', () => {
    const pieces: string[] = []
    const text = `<${'word '.repeat(50_000)}>`
    countTokens([text], (piece) => pieces.push(piece), 10_000)
    expect(pieces.join('').length).toBeLessThanOrEqual(10_000)
    expect(pieces[0]?.[0]).toBe('<')
    expect(pieces.at(-1)?.at(-1)).toBe('>')
  })
})

describe('hostile texts', () => {
  test.each([
    ['one letter', 'a'],
    ['one sign', '!'],
    ['one character of Chinese', '汉'],
    ['spaces', ' '],
    ['line ends', '\n'],
    ['emoji', '😀'],
    ['marks without a letter', '\u0301'],
    ['halves of surrogate pairs', '\ud800'],
    ['apostrophes', "'"],
    ['control tokens', '<|endoftext|>'],
  ])('a megabyte of %s is never handed on in pieces whose square is a burden', (_, unit) => {
    const text = unit.repeat(1_000_000 / unit.length)
    let longest = 0
    const tokens = countTokens(
      [text],
      (piece) => {
        longest = Math.max(longest, piece.length)
        return o200k(piece)
      },
      100_000,
    )
    expect(longest).toBeLessThanOrEqual(256)
    expect(tokens).toBeGreaterThan(0)
    // No encoding has more tokens than a text has bytes.
    expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text))
  })
})
