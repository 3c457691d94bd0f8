import { describe, expect, test } from 'vitest'
import { i18n, languageFor } from '../../../src/renderer/i18n/index.ts'
import { bilingualObjects, chinese, english, scriptLiterals, sourcesOf, templateLiterals } from './sources.ts'

const sources = sourcesOf('renderer')
const templates = sources.filter(({ file }) => file.endsWith('.vue')).flatMap(templateLiterals)
const scripts = sources.flatMap(scriptLiterals)
const mainSources = sourcesOf('main')

/** Keys that are put together at run time. */
const COMPOSED = [
  /^explorer\.orders\./,
  /^archives\.(kinds|problem)\./,
  /^retention\.(bodies|calls|rollups|alerts)(Text)?$/,
  /^updates\.states\./,
  /^retention\.(running|reason|state|problem)\./,
  /^callExport\.(about|failed)\./,
  /^callImport\.(formats|ends|reasons)\./,
  /^dataFolder\.(phases|failed)\./,
  /^backups\.(failed|kinds|problems)\./,
  /^database\.(parts|phases|refused|checks)\./,
  /^privacy\.(modes|detectors)\./,
  /^palette\.groups\./,
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

  test.each([
    ['en', english],
    ['zh-CN', chinese],
  ] as const)('every message of %s can be said', (locale, messages) => {
    const unsaid = [...messages].filter(([key, text]) => {
      const fields = [...text.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => [field, 1] as const)
      try {
        return i18n.global.t(key, Object.fromEntries(fields), { locale }) === key
      } catch {
        return true
      }
    })
    expect(unsaid.map(([key]) => key)).toEqual([])
  })

  test('the Chinese ones are Chinese, with its punctuation', () => {
    const plain = [...chinese.values()].map((text) => text.replace(/\{\w+\}/g, ''))
    expect(plain.filter((text) => /\p{Script=Han}[,:;?!]|[,:;?!]\p{Script=Han}/u.test(text))).toEqual([])
    const untranslated = [...english].filter(([key, text]) => chinese.get(key) === text)
    expect(untranslated.map(([key]) => key)).toEqual([])
  })

  test('what stands between two messages is of the language, too', () => {
    const joined = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\}\}[,:;(]|\$\{t\('[\w.]+'\)\}[,:;(]/g)].map(([found]) => `${file}: ${found}`),
    )
    expect(joined).toEqual([])
  })

  test('every message is used', () => {
    const unused = [...english.keys()].filter(
      (key) =>
        !COMPOSED.some((pattern) => pattern.test(key)) &&
        !sources.some(({ text }) => text.includes(`'${key}'`)),
    )
    expect(unused).toEqual([])
  })

  test('every message that is asked for is there', () => {
    // What is put together at run time stands for any part of a key.
    const isThere = (key: string) =>
      english.has(key) ||
      (key.includes('{}') &&
        [...english.keys()].some((there) =>
          new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('{}', '[\\w-]+')}$`).test(there),
        ))
    const asked = [...scripts, ...templates].filter(({ text, place }) => place === 't()' && text !== '')
    expect(asked.length).toBeGreaterThan(500)
    expect(asked.filter(({ text }) => !isThere(text)).map(({ file, text }) => `${file}: ${text}`)).toEqual([])
  })

  test('what is counted has a singular', () => {
    const without = [...english].filter(
      ([key, text]) => /\{count\} \p{L}+s\b/u.test(text) && !text.includes('|') && !ALWAYS_MANY.has(key),
    )
    expect(without.map(([key]) => key)).toEqual([])
  })
})

/** Limits and the like, of which there is never just one. */
const ALWAYS_MANY = new Set([
  'call.showAll',
  'call.promptCut',
  'call.responseCut',
  'call.tokensPerSecond',
  'explorer.viewsFull',
  'feedback.own.tooManyTags',
  'feedback.own.tagTooLong',
  'toasts.count',
])

/** Names, examples and units that are the same in every language. */
const SAME_EVERYWHERE =
  /^(LLMOps Console|P\d\d|CSV|JSONL?|Parquet|bash · zsh|PowerShell|TypeScript|JavaScript|Java|Spring|Python|Node\.js|Go|\.NET|AI SDK [\d ·]+|Express|FastAPI|OpenAI|Anthropic|Ollama|ms|GB|CNY|gpt-4o-mini|my-gateway|https:\/\/[\w.]+|EMP-\\d\{6\}|\[redacted:\{\}\]|\{\} K|\{\} \(\{\} K\))$/

/** Looks, not words. */
const STYLE = /^[\w-]+:[^;]+;/

const isWord = (text: string) =>
  /\p{L}/u.test(text.replaceAll('{}', '')) && !SAME_EVERYWHERE.test(text) && !STYLE.test(text)

describe('words in the code', () => {
  test('no template holds words of its own, in texts or in what is read of its elements', () => {
    const words = templates.filter(({ text, place }) => place !== 't()' && isWord(text) && !english.has(text))
    expect(words.map(({ file, text, place }) => `${file}: ${place} “${text}”`)).toEqual([])
  })

  test('no script names anything in words of its own', () => {
    const shown = /^(title|text|label|hint|message|description|placeholder|note|empty)$/
    const words = scripts.filter(
      ({ file, text, place }) =>
        !file.startsWith('pages/connect/snippets') && shown.test(place) && isWord(text) && !english.has(text),
    )
    expect(words.map(({ file, text, place }) => `${file}: ${place} “${text}”`)).toEqual([])
  })

  test('the desktop is not told words of one language', () => {
    const shown =
      /^(title|label|sublabel|body|message|detail|subtitle|buttonLabel|checkboxLabel|\S*(showErrorBox|setToolTip|setTitle)\(\))$/
    const words = mainSources
      .filter(({ file }) => /^(electron\/|index\.ts)/.test(file) && !file.endsWith('-words.ts'))
      .flatMap(scriptLiterals)
      .filter(({ text, place }) => shown.test(place) && isWord(text))
    expect(words.map(({ file, text, place }) => `${file}: ${place} “${text}”`)).toEqual([])
  })

  test('what the main process says it says in both languages', () => {
    const pairs = mainSources.filter(({ text }) => text.includes("'zh-CN'")).flatMap(bilingualObjects)
    expect(pairs.length).toBeGreaterThan(0)
    for (const { file, en, zh } of pairs) {
      expect([...zh.keys()], file).toEqual([...en.keys()])
      const same = [...zh].filter(([key, text]) => isWord(text) && en.get(key) === text)
      expect(same, file).toEqual([])
    }
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
