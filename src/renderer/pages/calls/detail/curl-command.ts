import type { AppLog } from '#shared/contract/app-logs.ts'
import { readMessages } from './conversation.ts'

const PARAMETERS = ['temperature', 'top_p', 'max_tokens'] as const

/**
 * A command that asks the model the same again: Anthropic by its own protocol, all others as OpenAI's, which most
 * understand. Keys are read from the environment; the call does not hold them.
 *
 * @returns undefined: what was asked was not recorded.
 */
export function curlCommand(call: AppLog): string | undefined {
  const messages = messagesOf(call.prompt)
  if (messages.length === 0) return undefined
  const model = call.requestModel ?? call.model ?? ''
  const parameters = parametersOf(call.attributes)
  if (call.provider?.toLowerCase() === 'anthropic') {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
    const body = {
      model,
      max_tokens: 1024,
      ...parameters,
      ...(system.length > 0 && { system: system.every(isText) ? system.join('\n') : system.flat() }),
      messages: messages.filter(({ role }) => role !== 'system'),
    }
    return command(
      '"${ANTHROPIC_BASE_URL:-https://api.anthropic.com}/v1/messages"',
      ['-H "x-api-key: $ANTHROPIC_API_KEY"', "-H 'anthropic-version: 2023-06-01'"],
      body,
    )
  }
  return command(
    '"${OPENAI_BASE_URL:-https://api.openai.com/v1}/chat/completions"',
    ['-H "Authorization: Bearer $OPENAI_API_KEY"'],
    { model, ...parameters, messages },
  )
}

function command(address: string, headers: string[], body: object): string {
  const lines = [`curl ${address}`, ...headers, "-H 'Content-Type: application/json'"]
  return [...lines, `-d ${quoted(JSON.stringify(body))}`].join(' \\\n  ')
}

/** A word of a POSIX shell: nothing in it is read by the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Messages as they were sent; what was not sent as messages is made one. */
function messagesOf(prompt: unknown): { role: unknown; content?: unknown }[] {
  const list = isObject(prompt) && Array.isArray(prompt['messages']) ? prompt['messages'] : prompt
  if (Array.isArray(list) && list.length > 0 && list.every(hasRoleAndContent)) return list
  return readMessages(prompt, 'user').map(({ role, parts }) => ({
    role,
    content: parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n'),
  }))
}

function parametersOf(attributes: Readonly<Record<string, unknown>>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const name of PARAMETERS) {
    const value = attributes[`gen_ai.request.${name}`]
    if (typeof value === 'number') found[name] = value
  }
  return found
}

function hasRoleAndContent(value: unknown): value is { role: string; content: unknown } {
  return isObject(value) && typeof value['role'] === 'string' && !('parts' in value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isText = (value: unknown) => typeof value === 'string'
