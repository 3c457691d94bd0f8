import { describe, expect, test } from 'vitest'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import { readClientFile } from '../../../../src/renderer/pages/connect/client-files.ts'
import { CONNECT_WAYS, wayFromQuery } from '../../../../src/renderer/pages/connect/connect-ways.ts'
import type { Shell, SnippetContext } from '../../../../src/renderer/pages/connect/snippets/snippet.ts'
import type { WayOptions } from '../../../../src/renderer/pages/connect/way-steps.ts'
import { stepsOf } from '../../../../src/renderer/pages/connect/way-steps.ts'
import type { Upstream } from '#shared/contract/upstreams.ts'

const URL = 'http://127.0.0.1:43180'
const upstreams: Upstream[] = (['openai', 'anthropic', 'ollama'] as const).map((name) => ({
  name,
  baseUrl: 'https://vendor.test',
  flavour: name,
  isBuiltIn: true,
  defaultBaseUrl: 'https://vendor.test',
}))
const first: WayOptions = {
  script: 'typescript',
  java: 'plain',
  openTelemetry: 'python',
  vercelAi: '7',
  proxy: 'python',
  feedback: 'express',
  upstream: 'openai',
}
/** Each choice once, beside the first ones. */
const variants: WayOptions[] = [
  first,
  { ...first, script: 'javascript', java: 'spring', vercelAi: '6', proxy: 'typescript', feedback: 'fastapi' },
  ...(['node', 'java', 'go', 'dotnet'] as const).map((openTelemetry) => ({ ...first, openTelemetry })),
  ...upstreams.map(({ name }) => ({ ...first, upstream: name })),
]
const contexts: SnippetContext[] = (['sh', 'powershell'] as Shell[]).flatMap((shell) =>
  ['s3cret-token', null].map((token) => ({ url: URL, token, shell })),
)
const everything = CONNECT_WAYS.flatMap(({ id }) =>
  variants.flatMap((options) =>
    contexts.map((context) => ({ id, context, steps: stepsOf(id, options, context, upstreams) })),
  ),
)

describe('every way to connect, with every choice', () => {
  test('names the collector’s address', () => {
    for (const { id, steps } of everything) {
      expect(
        steps.snippets.some(({ text }) => text.includes(URL)),
        id,
      ).toBe(true)
    }
  })

  test('holds the token where one is demanded, and nowhere else', () => {
    for (const { id, context, steps } of everything) {
      const text = steps.snippets.map((snippet) => snippet.text).join('\n')
      expect(text.includes('s3cret-token'), id).toBe(context.token !== null)
      if (context.token === null) expect(text, id).not.toMatch(/authorization|TOKEN=|x-llmops-token/i)
    }
  })

  test('says what each step is, in both languages', () => {
    const keys = everything.flatMap(({ steps }) =>
      steps.snippets.flatMap(({ title, note }) => [title, note ?? title]),
    )
    for (const key of new Set(keys)) {
      for (const language of ['en', 'zh-CN'] as const) expect(i18n.global.te(key, language), key).toBe(true)
    }
    for (const { hint } of CONNECT_WAYS) expect(i18n.global.te(hint, 'en')).toBe(true)
  })

  test('has no two steps of one name', () => {
    for (const { id, steps } of everything) {
      const titles = steps.snippets.map(({ title }) => title)
      expect(new Set(titles).size, id).toBe(titles.length)
    }
  })

  test('shows the text of the files that it copies', async () => {
    const files = new Map(everything.flatMap(({ steps }) => steps.files.map((file) => [file.path, file])))
    expect([...files.keys()].sort()).toEqual([
      'app-log.mjs',
      'app-log.ts',
      'app_log.py',
      'feedback-widget.js',
      'java/AppLog.java',
      'java/AppLogAspect.java',
    ])
    for (const file of files.values()) expect((await readClientFile(file)).length).toBeGreaterThan(500)
  })
})

test('an upstream that was removed meanwhile gives way to one that is there', () => {
  const { snippets } = stepsOf(
    'proxy',
    { ...first, upstream: 'gone' },
    { url: URL, token: null, shell: 'sh' },
    upstreams,
  )
  expect(snippets[0]?.text).toContain('/proxy/openai')
})

test.each([
  ['java', 'java'],
  ['constructor', 'python'],
  [undefined, 'python'],
  [['java'], 'python'],
])('the address %j means the way %s', (query, way) => {
  expect(wayFromQuery(query)).toBe(way)
})
