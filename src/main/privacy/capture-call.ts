import type { Capture } from '#shared/contract/privacy.ts'
import type { Body, CallFlag, NewCall } from '../store/call.ts'

/** A keyed hash of a text, in hexadecimal digits. */
export type KeyedHash = (text: string) => string

const FLAGS = {
  truncated: 'capture-truncated',
  hashes: 'capture-hashes',
  none: 'capture-none',
} as const satisfies Record<Exclude<Capture['mode'], 'full'>, CallFlag>

/**
 * Keeps of a call's texts what its app's capture says. Comes after all that reads them, such as the counting of tokens.
 *
 * @returns the call itself if all of it is kept.
 */
export function captureCall(call: NewCall, capture: Capture, hash: KeyedHash): NewCall {
  if (capture.mode === 'full') return call
  const bodyOf = (body: Body | null) => body && captureBody(body, capture, hash)
  const prompt = bodyOf(call.prompt)
  const response = bodyOf(call.response)
  const errorMessage = call.errorMessage && captureText(call.errorMessage, capture, hash)
  const attributes = call.attributes && captureAttributes(call.attributes, capture, call)
  const isSame =
    prompt === call.prompt &&
    response === call.response &&
    errorMessage === call.errorMessage &&
    attributes === call.attributes
  if (isSame) return call
  const flags = [...call.flags, FLAGS[capture.mode]]
  return { ...call, prompt, response, errorMessage, attributes, flags }
}

function captureBody(body: Body, capture: Capture, hash: KeyedHash): Body | null {
  const text = captureText(body.text, capture, hash)
  if (text === body.text) return body
  // Half a JSON value is none, nor is a hash.
  return text === null
    ? null
    : { format: 'text', text, originalLength: body.originalLength ?? body.text.length }
}

function captureText(text: string, { mode, length }: Capture, hash: KeyedHash): string | null {
  if (mode === 'truncated') return cut(text, length)
  return mode === 'hashes' ? hashed(text, hash) : null
}

function hashed(text: string, hash: KeyedHash): string {
  return `hmac-sha256:${hash(text)}`
}

/** Cuts a text without cutting a surrogate pair in two. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}

/** Cuts the texts within JSON, not its keys. */
function cutValues(json: string, length: number): string {
  if (json.length <= length) return json
  return JSON.stringify(
    JSON.parse(json, (_key, value: unknown) => (typeof value === 'string' ? cut(value, length) : value)),
  )
}

/** Attributes by which conventions send the texts of a call, or parts of them. */
const BODY_PREFIXES = [
  'llm.input_messages.',
  'llm.output_messages.',
  'llm.prompt_template.',
  'gen_ai.prompt.',
  'gen_ai.completion.',
  'input.value',
  'output.value',
  'traceloop.entity.',
  'ai.prompt',
  'ai.toolCall.',
]
/** Last parts of the names of such attributes. */
const BODY_NAMES = new Set(
  (
    'input output prompt completion content text message messages question answer query arguments ' +
    'instructions system_instructions definitions documents document body result tool_calls toolCalls reasoning'
  ).split(' '),
)
/** A label, as opposed to a text: short, without spaces, in ASCII. */
const LABEL = /^[!-~]{1,64}$/
/** A shorter value stands in many a text by chance. */
const LEAST_REPEATED = 4

function captureAttributes(json: string, capture: Capture, { prompt, response }: NewCall): string | null {
  if (capture.mode === 'truncated') return cutValues(json, capture.length)
  const entries = Object.entries(JSON.parse(json) as Record<string, unknown>)
  const isRepeated = (value: string) =>
    value.length >= LEAST_REPEATED && [prompt, response].some((body) => body?.text.includes(value))
  const kept = entries.filter(
    ([name, value]) =>
      !isBodyName(name) && isLabel(value) && !(typeof value === 'string' && isRepeated(value)),
  )
  if (kept.length === entries.length) return json
  return kept.length === 0 ? null : JSON.stringify(Object.fromEntries(kept))
}

function isBodyName(name: string): boolean {
  return (
    BODY_PREFIXES.some((prefix) => name.startsWith(prefix)) || BODY_NAMES.has(name.split('.').at(-1) ?? '')
  )
}

/** Whether a value says what kind of call it was, and nothing of what was said in it. */
function isLabel(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object' && isLabel(item))
  if (typeof value === 'string') return LABEL.test(value)
  return typeof value !== 'object' || value === null
}

/**
 * The same for the attributes of an event that holds a part of a call's texts.
 *
 * @param json JSON text of an object.
 * @returns null: nothing of it is kept.
 */
export function captureEvent(json: string, capture: Capture, hash: KeyedHash): string | null {
  if (capture.mode === 'full') return json
  if (capture.mode === 'none') return null
  if (capture.mode === 'truncated') return cutValues(json, capture.length)
  const entries = Object.entries(JSON.parse(json) as Record<string, unknown>).map(([name, value]) => {
    if (!isBodyName(name) && isLabel(value)) return [name, value]
    return [name, hashed(typeof value === 'string' ? value : JSON.stringify(value), hash)]
  })
  return JSON.stringify(Object.fromEntries(entries))
}
