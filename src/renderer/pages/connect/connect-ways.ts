/** The ways to connect an app, cheapest for most first, by the name they have in the page's address. */
export const CONNECT_WAYS = [
  { id: 'python', name: 'Python', hint: 'connect.hints.python' },
  { id: 'typescript', name: 'TypeScript · JavaScript', hint: 'connect.hints.typescript' },
  { id: 'java', name: 'Java', hint: 'connect.hints.java' },
  { id: 'proxy', name: 'OpenAI · Anthropic · Ollama', hint: 'connect.hints.proxy' },
  { id: 'opentelemetry', name: 'OpenTelemetry', hint: 'connect.hints.opentelemetry' },
  { id: 'vercel-ai', name: 'Vercel AI SDK', hint: 'connect.hints.vercelAi' },
  { id: 'langfuse', name: 'Langfuse SDK', hint: 'connect.hints.langfuse' },
  { id: 'feedback', name: 'HTML', hint: 'connect.hints.feedback' },
  { id: 'http', name: 'HTTP', hint: 'connect.hints.http' },
] as const

export type ConnectWay = (typeof CONNECT_WAYS)[number]['id']

/** Reads a way from the page's address; whatever is not one is the first. */
export function wayFromQuery(value: unknown): ConnectWay {
  return CONNECT_WAYS.find(({ id }) => id === value)?.id ?? CONNECT_WAYS[0].id
}
