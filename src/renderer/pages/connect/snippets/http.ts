import { alwaysQuote } from './shell.ts'
import type { Snippet, SnippetContext } from './snippet.ts'

/** A command that sends one call to the collector and works as it stands. */
export function sendCallCommand({ url, token, shell }: SnippetContext): string {
  const call = {
    app: 'my-first-app',
    model: 'gpt-4o',
    provider: 'openai',
    status: 'ok',
    durationMs: 842,
    ttftMs: 210,
    inputTokens: 128,
    outputTokens: 64,
    prompt: 'Hello',
    response: 'Hi! How can I help?',
  }
  const body = alwaysQuote(shell, JSON.stringify(call, null, 2).replaceAll('\n', '\n  '))
  const authorization = token === null ? null : alwaysQuote(shell, `Bearer ${token}`)
  if (shell === 'powershell') {
    return [
      `Invoke-RestMethod -Method Post -Uri ${url}/v1/app-logs \``,
      `  -ContentType 'application/json' \``,
      ...(authorization === null ? [] : [`  -Headers @{ Authorization = ${authorization} } \``]),
      `  -Body ${body}`,
    ].join('\n')
  }
  return [
    `curl -X POST ${url}/v1/app-logs \\`,
    ...(token === null ? [] : [`  -H ${alwaysQuote(shell, `Authorization: Bearer ${token}`)} \\`]),
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${body}`,
  ].join('\n')
}

export function httpSnippets(context: SnippetContext): Snippet[] {
  return [{ title: 'connect.steps.send', text: sendCallCommand(context), note: 'connect.notes.http' }]
}
