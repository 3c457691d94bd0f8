/** What a model reads or writes of a body. */
export interface BodyTexts {
  texts: string[]
  /** How many messages the texts are in; none if the body is no chat. */
  messages: number
  /** How many of them name their speaker. */
  names: number
}

type JsonObject = Record<string, unknown>

/** Deeper than any protocol nests. */
const MAX_DEPTH = 32

/** Parts of a message that no text stands for. */
const MEDIA = new Set([
  'image',
  'image_url',
  'input_image',
  'audio',
  'input_audio',
  'video',
  'file',
  'blob',
  'uri',
])
const MEDIA_FIELDS = new Set([
  'image_url',
  'input_audio',
  'inlineData',
  'inline_data',
  'fileData',
  'file_data',
])
/** What protocols say about a message, or an answer, and the model does not read. */
const ABOUT = new Set([
  'role',
  'type',
  'id',
  'object',
  'created',
  'model',
  'status',
  'index',
  'tool_call_id',
  'tool_use_id',
  'call_id',
  'toolCallId',
  'finish_reason',
  'finishReason',
  'stop_reason',
  'cache_control',
  'signature',
  'encrypted_content',
])
/** What a model reads, or writes, as JSON: names and all. */
const AS_JSON = new Set(['arguments', 'args', 'input', 'parameters', 'input_schema', 'schema'])
/** What protocols wrap messages in. */
const WRAPPERS = ['messages', 'message', 'contents', 'content', 'choices', 'candidates', 'output'] as const

/**
 * Finds the texts in messages as OpenAI, Anthropic, Google and OpenTelemetry write them, tool calls included; of any other
 * JSON every text. Images, sound and files have none.
 *
 * @param value as JSON.parse gives it.
 */
export function textsOf(value: unknown): BodyTexts {
  const found: BodyTexts = { texts: [], messages: 0, names: 0 }
  collect(value, found, 0)
  return found
}

function collect(value: unknown, found: BodyTexts, depth: number): void {
  if (typeof value === 'string') found.texts.push(value)
  else if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
  else if (Array.isArray(value)) for (const item of value) collect(item, found, depth + 1)
  else collectObject(value as JsonObject, found, depth)
}

function collectObject(value: JsonObject, found: BodyTexts, depth: number): void {
  const { role, type, name } = value
  if (typeof type === 'string' && MEDIA.has(type)) return
  const isMessage = typeof role === 'string'
  if (isMessage) {
    found.messages += 1
    if (typeof name === 'string') found.names += 1
  }
  const isOfProtocol =
    isMessage || typeof type === 'string' || WRAPPERS.some((wrapper) => typeof value[wrapper] === 'object')
  for (const [key, item] of Object.entries(value)) {
    // OpenInference spreads what is nested over names such as tool_calls.0.tool_call.id.
    const field = key.slice(key.lastIndexOf('.') + 1)
    if (MEDIA_FIELDS.has(field) || (isOfProtocol && ABOUT.has(field))) continue
    if (AS_JSON.has(field) && isObject(item)) found.texts.push(JSON.stringify(item))
    else collect(item, found, depth + 1)
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
