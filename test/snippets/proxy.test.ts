import { describe, expect, test } from 'vitest'
import type { Upstream } from '#shared/contract/upstreams.ts'
import { proxySnippets, sdkBaseUrl } from '../../src/renderer/pages/connect/snippets/proxy.ts'
import type { SnippetContext } from '../../src/renderer/pages/connect/snippets/snippet.ts'
import { startAnthropic } from '../vendors/anthropic-server.ts'
import { startOpenAi } from '../vendors/openai-server.ts'
import type { Vendor } from '../vendors/vendor-server.ts'
import type { TestConsole } from '../start-console.ts'
import { consoleForTest } from '../start-console.ts'
import { bash, makeAppFolder, textOf, write } from './run-snippet.ts'

const URL = 'http://127.0.0.1:4318'
const open: SnippetContext = { url: URL, token: null, shell: 'sh' }
const openAi = { name: 'openai', baseUrl: 'https://api.openai.com', flavour: 'openai' } as const
const anthropic = { name: 'anthropic', baseUrl: 'https://api.anthropic.com', flavour: 'anthropic' } as const
const ollama = { name: 'ollama', baseUrl: 'http://127.0.0.1:11434', flavour: 'ollama' } as const

describe('the base URL for an SDK', () => {
  test.each([
    ['https://api.openai.com', 'openai', '/v1'],
    ['https://gateway.test/llm/v1', 'openai', ''],
    ['https://gateway.test/api/v3', 'openai', ''],
    ['https://gateway.test/v1beta', 'openai', ''],
    ['https://gateway.test/very', 'openai', '/v1'],
    ['https://api.anthropic.com', 'anthropic', ''],
    ['http://127.0.0.1:11434', 'ollama', ''],
  ] as const)('of %s, %s, ends with "%s"', (baseUrl, flavour, end) => {
    expect(sdkBaseUrl(URL, { name: 'mine', baseUrl, flavour })).toBe(`${URL}/proxy/mine${end}`)
  })
})

describe('the code', () => {
  async function recordThrough(upstream: Pick<Upstream, 'name' | 'baseUrl' | 'flavour'>, vendor: Vendor) {
    const opened = await consoleForTest()
    await lead(opened, upstream.name, vendor.url)
    const folder = makeAppFolder()
    const snippets = proxySnippets({ ...open, url: opened.url }, upstream, 'typescript')
    write(folder, 'app.mjs', textOf(snippets, 'connect.steps.labels'))
    await bash(folder, '"$NODE" app.mjs', {
      NODE: process.execPath,
      OPENAI_API_KEY: 'test',
      ANTHROPIC_API_KEY: 'test',
    })
    // It is recorded after the answer.
    await expect
      .poll(async () => (await opened.get('/v1/app-logs')).body)
      .toMatchObject({
        items: [{ app: 'my-app', userId: 'u-1', sessionId: 's-1', source: 'proxy', status: 'ok' }],
      })
  }

  test('for OpenAI’s SDK sends its calls through the proxy, with labels', async () => {
    await recordThrough(openAi, await startOpenAi())
  })

  test('for Anthropic’s SDK does so, too', async () => {
    await recordThrough(anthropic, await startAnthropic())
  })

  test.each([openAi, anthropic, ollama])('in Python for $name is right Python', async (upstream) => {
    for (const token of [null, 's3cret']) {
      const snippets = proxySnippets({ ...open, token }, upstream, 'python')
      const folder = makeAppFolder()
      write(folder, 'app.py', textOf(snippets, 'connect.steps.labels'))
      await bash(folder, 'python3 -m py_compile app.py')
    }
  })

  test('of an upstream of one’s own names its key and its model', () => {
    const mine = { name: 'my-gateway', baseUrl: 'https://gateway.test', flavour: 'openai' } as const
    const code = textOf(proxySnippets(open, mine, 'python'), 'connect.steps.labels')
    expect(code).toContain('api_key=os.environ["MY_GATEWAY_API_KEY"]')
    expect(code).toContain('model="your-model"')
  })

  test('sends the token in a header of its own, which a variable cannot', () => {
    const snippets = proxySnippets({ ...open, token: 's3cret' }, openAi, 'typescript')
    expect(snippets.map(({ title }) => title)).toEqual(['connect.steps.labels'])
    expect(textOf(snippets, 'connect.steps.labels')).toContain(`'x-llmops-token': 's3cret',`)
  })

  test('need not change where a variable is enough', () => {
    const snippets = proxySnippets(open, anthropic, 'python')
    expect(textOf(snippets, 'connect.steps.withoutCode')).toBe(
      `export ANTHROPIC_BASE_URL=${URL}/proxy/anthropic`,
    )
  })
})

async function lead(opened: TestConsole, name: string, baseUrl: string): Promise<void> {
  const answer = await opened.send({
    method: 'PUT',
    path: `/v1/upstreams/${name}`,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    body: { baseUrl },
  })
  expect(answer.status).toBe(200)
}
