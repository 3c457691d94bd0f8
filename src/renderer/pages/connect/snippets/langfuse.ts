import { setVariables } from './shell.ts'
import type { Snippet, SnippetContext } from './snippet.ts'
import { APP } from './snippet.ts'

export function langfuseSnippets({ url, token, shell }: SnippetContext): Snippet[] {
  return [
    {
      title: 'connect.steps.environment',
      text: setVariables(shell, {
        LANGFUSE_BASE_URL: url,
        LANGFUSE_PUBLIC_KEY: APP,
        LANGFUSE_SECRET_KEY: token ?? 'any',
        OTEL_SERVICE_NAME: APP,
      }),
      note: token === null ? 'connect.notes.langfuse' : 'connect.notes.langfuseToken',
    },
  ]
}
