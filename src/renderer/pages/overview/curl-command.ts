/**
 * A command that sends one call to the collector and works as it stands in a POSIX shell.
 *
 * @param url of the collector.
 */
export function curlCommand(url: string): string {
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
  return [
    `curl -X POST ${url}/v1/app-logs \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(call, null, 2).replaceAll('\n', '\n  ')}'`,
  ].join('\n')
}
