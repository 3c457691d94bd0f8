import type { ProxyRequest } from '../../../ingest/index.ts'
import type { EndpointKind } from '../endpoints.ts'
import type { JsonObject } from './json-value.ts'
import { asList, asObject, asText } from './json-value.ts'

/** Settings of a request that are kept, under their names in OpenTelemetry's conventions. */
const PARAMETERS: readonly [attribute: string, names: readonly string[]][] = [
  ['gen_ai.request.temperature', ['temperature']],
  ['gen_ai.request.top_p', ['top_p']],
  ['gen_ai.request.max_tokens', ['max_completion_tokens', 'max_output_tokens', 'max_tokens', 'num_predict']],
  ['gen_ai.request.seed', ['seed']],
]

/**
 * Reads who asked which model for what.
 *
 * @param value the body as JSON.parse gives it.
 */
export function readRequestFacts(kind: EndpointKind, value: unknown): ProxyRequest {
  const body = asObject(value)
  if (!body) return { model: null, userId: null, prompt: undefined, parameters: {} }
  const userId = kind === 'anthropic-messages' ? asObject(body['metadata'])?.['user_id'] : body['user']
  return {
    model: asText(body['model']) ?? null,
    userId: asText(userId) ?? null,
    prompt: readPrompt(kind, body),
    parameters: readParameters(body),
  }
}

function readPrompt(kind: EndpointKind, body: JsonObject): unknown {
  switch (kind) {
    case 'openai-chat':
    case 'ollama-chat':
      return body['messages']
    case 'anthropic-messages':
      return withInstructions(body['system'], body['messages'])
    case 'openai-responses':
      return withInstructions(body['instructions'], body['input'])
    case 'openai-completions':
      return body['prompt']
    case 'ollama-generate':
      return withInstructions(body['system'], body['prompt'])
    case 'openai-embeddings':
    case 'ollama-embed':
      return body['input'] ?? body['prompt']
  }
}

/** Puts instructions that a protocol keeps apart before the messages. */
function withInstructions(instructions: unknown, input: unknown): unknown {
  if (instructions === undefined || instructions === null || instructions === '') return input
  const messages = typeof input === 'string' ? [{ role: 'user', content: input }] : asList(input)
  return [{ role: 'system', content: instructions }, ...messages]
}

function readParameters(body: JsonObject): Record<string, number> {
  const places = [body, asObject(body['options']) ?? {}]
  const found = PARAMETERS.flatMap(([attribute, names]) => {
    const value = names
      .flatMap((name) => places.map((place) => place[name]))
      .find((item) => typeof item === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? [[attribute, value] as const] : []
  })
  return Object.fromEntries(found)
}
