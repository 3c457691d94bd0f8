import { expect, test } from 'vitest'
import { findCommand } from '../../scripts/find-command.ts'
import { javaSnippets } from '../../src/renderer/pages/connect/snippets/java.ts'
import { pythonSnippets } from '../../src/renderer/pages/connect/snippets/python.ts'
import type { SnippetContext } from '../../src/renderer/pages/connect/snippets/snippet.ts'
import { typescriptSnippets } from '../../src/renderer/pages/connect/snippets/typescript.ts'
import type { TestConsole } from '../start-console.ts'
import { consoleForTest } from '../start-console.ts'
import { startOpenAi } from '../vendors/openai-server.ts'
import { bash, makeAppFolder, textOf, write } from './run-snippet.ts'

const contextOf = ({ url }: TestConsole): SnippetContext => ({ url, token: null, shell: 'sh' })

const STORED = {
  app: 'my-app',
  appType: 'CHAT',
  userId: 'u-1',
  sessionId: 's-1',
  source: 'native',
  status: 'ok',
}

const storedCalls = async (opened: TestConsole) => (await opened.get('/v1/app-logs')).body

/** Stands for the vendor's package, which is not installed here: it answers in the same shape. */
const PYTHON_VENDOR = `class _Completions:
    def create(self, model, messages):
        return {
            "model": model,
            "choices": [{"message": {"role": "assistant", "content": "Hi!"}}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140},
        }


class OpenAI:
    def __init__(self):
        self.chat = type("Chat", (), {"completions": _Completions()})()
`

test.skipIf(!findCommand('python3'))(
  'the Python code records a call as it stands (needs python3)',
  async () => {
    const opened = await consoleForTest()
    const snippets = pythonSnippets(contextOf(opened))
    const folder = makeAppFolder('app_log.py')
    write(folder, 'openai.py', PYTHON_VENDOR)
    write(folder, 'app.py', textOf(snippets, 'connect.steps.mark'))

    await bash(folder, `${textOf(snippets, 'connect.steps.environment')}\npython3 app.py`)

    expect(await storedCalls(opened)).toMatchObject({
      items: [{ ...STORED, model: 'gpt-4o-mini', inputTokens: 100, outputTokens: 40 }],
    })
  },
)

test.each([
  ['typescript', 'app-log.ts', 'app.ts'],
  ['javascript', 'app-log.mjs', 'app.mjs'],
] as const)('the %s code records a call as it stands', async (script, clientFile, name) => {
  const opened = await consoleForTest()
  const vendor = await startOpenAi()
  const snippets = typescriptSnippets(contextOf(opened), script)
  const folder = makeAppFolder(clientFile)
  write(folder, 'package.json', '{"type":"module"}')
  write(folder, name, textOf(snippets, 'connect.steps.wrap'))

  await bash(folder, `${textOf(snippets, 'connect.steps.environment')}\n"$NODE" ${name}`, {
    NODE: process.execPath,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${vendor.url}/v1`,
  })

  expect(await storedCalls(opened)).toMatchObject({
    items: [{ ...STORED, inputTokens: 100, outputTokens: 40 }],
  })
})

test.skipIf(!findCommand('javac'))('the Java code records a call as it stands (needs a JDK)', async () => {
  const opened = await consoleForTest()
  const snippets = javaSnippets(contextOf(opened), 'plain')
  const folder = makeAppFolder('java/AppLog.java')
  write(folder, 'App.java', textOf(snippets, 'connect.steps.mark'))

  const environment = textOf(snippets, 'connect.steps.environment')
  await bash(
    folder,
    `${environment}\njavac -encoding UTF-8 -d classes java/AppLog.java App.java\njava -cp classes App`,
  )

  expect(await storedCalls(opened)).toMatchObject({ items: [{ ...STORED, model: 'gpt-4o-mini' }] })
})
