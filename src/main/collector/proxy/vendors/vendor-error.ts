import { LIMITS } from '#shared/limits.ts'
import type { AnswerError } from '../../../ingest/index.ts'
import { asObject, asText } from './json-value.ts'

// Says no more than the status does. OpenAI puts it into `type` beside a code that tells, DeepSeek into `code` beside a
// type that tells.
const GENERIC = 'invalid_request_error'

/**
 * Finds the error in a body or an event: `{error: {type, code, message}}` of OpenAI and Anthropic, `{error: "…"}` of
 * Ollama, `{code, message}` and `{detail}` of others.
 *
 * @param value as JSON.parse gives it.
 * @returns null when it holds none.
 */
export function readVendorError(value: unknown): AnswerError | null {
  const body = asObject(value)
  if (!body) return null
  const { error } = body
  if (typeof error === 'string') return { type: null, message: cut(error) }
  const details = asObject(error)
  if (details) return describe(details)
  return null
}

/** The same for the body of an answer whose status says that it failed. */
export function readErrorBody(value: unknown): AnswerError | null {
  const error = readVendorError(value)
  if (error) return error
  const body = asObject(value)
  if (!body) return null
  return describe({ ...body, message: asText(body['message']) ?? asText(body['detail']) })
}

function describe(details: Readonly<Record<string, unknown>>): AnswerError | null {
  const names = [asText(details['code']), asText(details['type'])].filter((name) => name !== undefined)
  const type = names.find((name) => name !== GENERIC) ?? names[0]
  const message = asText(details['message'])
  if (type === undefined && message === undefined) return null
  return {
    type: type?.slice(0, LIMITS.nameLength) ?? null,
    message: message === undefined ? null : cut(message),
  }
}

function cut(text: string): string {
  return text.slice(0, LIMITS.textLength)
}
