import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { en } from '../../../src/renderer/i18n/en.ts'
import { languageFor } from '../../../src/renderer/i18n/index.ts'
import { zhCN } from '../../../src/renderer/i18n/zh-CN.ts'

const rendererFolder = join(import.meta.dirname, '../../../src/renderer')

function flatten(messages: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? [...flatten(value, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, String(value)]],
    ),
  )
}

const english = flatten(en)
const chinese = flatten(zhCN)
const sources = readdirSync(rendererFolder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(vue|ts)$/.test(file) && !file.startsWith('i18n'))
  .map((file) => ({ file, text: readFileSync(join(rendererFolder, file), 'utf8') }))

/** Keys that are put together at run time. */
const COMPOSED = [
  /^archives\.(kinds|problem)\./,
  /^retention\.(bodies|calls|rollups|alerts)(Text)?$/,
  /^retention\.(running|reason|state|problem)\./,
  /^callExport\.(about|failed)\./,
  /^callImport\.(formats|ends)\./,
  /^backups\.(failed|kinds|problems)\./,
  /^database\.(parts|phases|refused|checks)\./,
  /^privacy\.(modes|detectors)\./,
  /^calls\.(ok|error)$/,
  /^counters\.(accepted|duplicates|conflicts|rejected|unknownFields|truncated|notEstimated)$/,
]

describe('messages', () => {
  test('both languages have the same keys, none empty', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()])
    expect([...english.values(), ...chinese.values()].filter((text) => text.trim() === '')).toEqual([])
  })

  test('a message has the same fields in both languages', () => {
    const fieldsOf = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
    const differing = [...english].filter(
      ([key, text]) => fieldsOf(text).join() !== fieldsOf(chinese.get(key) ?? '').join(),
    )
    expect(differing.map(([key]) => key)).toEqual([])
  })

  test('the Chinese ones are Chinese, with its punctuation', () => {
    const plain = [...chinese.values()].map((text) => text.replace(/\{\w+\}/g, ''))
    expect(plain.filter((text) => /\p{Script=Han}[,:;?!]|[,:;?!]\p{Script=Han}/u.test(text))).toEqual([])
    const untranslated = [...english].filter(([key, text]) => chinese.get(key) === text)
    expect(untranslated.map(([key]) => key)).toEqual([])
  })

  test('every message is used', () => {
    const unused = [...english.keys()].filter(
      (key) =>
        !COMPOSED.some((pattern) => pattern.test(key)) &&
        !sources.some(({ text }) => text.includes(`'${key}'`)),
    )
    expect(unused).toEqual([])
  })

  test('no template holds words of its own', () => {
    const worded = sources
      .filter(({ file }) => file.endsWith('.vue'))
      .flatMap(({ file, text }) => {
        const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? ''
        const words = template
          .replace(/<!--[\s\S]*?-->/g, '')
          .replace(/\{\{[\s\S]*?\}\}/g, '')
          .replace(/"[^"]*"/g, '""')
          .replace(/<[^>]*>/g, '')
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => /[\p{L}]/u.test(line))
        return words.map((word) => `${file}: ${word}`)
      })
    expect(worded).toEqual(['components/side-nav.vue: LLMOps Console'])
  })
})

describe('language', () => {
  test.each([
    ['system', 'zh-TW', 'zh-CN'],
    ['system', 'ZH', 'zh-CN'],
    ['system', 'de-DE', 'en'],
    ['en', 'zh-CN', 'en'],
    ['zh-CN', 'en-US', 'zh-CN'],
  ] as const)('the choice %s on a system that speaks %s shows %s', (choice, system, shown) => {
    expect(languageFor(choice, system)).toBe(shown)
  })
})
