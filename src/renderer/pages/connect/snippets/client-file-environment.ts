import { setVariables } from './shell.ts'
import type { Snippet, SnippetContext } from './snippet.ts'
import { APP } from './snippet.ts'

/** The variables that the client files read, alike in all languages. */
export function clientFileEnvironment({ url, token, shell }: SnippetContext): Snippet {
  return {
    title: 'connect.steps.environment',
    text: setVariables(shell, {
      LLMOPS_URL: url,
      LLMOPS_APP: APP,
      ...(token === null ? {} : { LLMOPS_TOKEN: token }),
    }),
  }
}
