import { clientFileEnvironment } from './client-file-environment.ts'
import type { Snippet, SnippetContext } from './snippet.ts'

export type Script = 'typescript' | 'javascript'

const codeFor = (script: Script) => `import OpenAI from 'openai'
import { appLog, withContext } from './app-log.${script === 'typescript' ? 'ts' : 'mjs'}'

const openai = new OpenAI()

const ask = appLog({ appType: 'CHAT' }, (content${script === 'typescript' ? ': string' : ''}) =>
  openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
  }),
)

const labels = { userId: 'u-1', sessionId: 's-1', tags: ['beta'] }
await withContext(labels, () => ask('Hello'))`

export function typescriptSnippets(context: SnippetContext, script: Script): Snippet[] {
  return [
    { title: 'connect.steps.wrap', text: codeFor(script), note: 'connect.notes.typescript' },
    clientFileEnvironment(context),
  ]
}
