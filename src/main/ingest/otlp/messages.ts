import type { Body } from '../../store/call.ts'
import type { AttributeReader } from './attributes.ts'
import { ATTRIBUTES, NUMBERED_MESSAGES } from './conventions.ts'
import type { AttributeValue, OtlpEvent } from './span.ts'

/** What is needed of an event, whether it came with its span or apart from it. */
interface MessageEvent {
  name: string
  attributes: ReadonlyMap<string, unknown>
}

// A message's number is a list index, and lists are short; a larger one is somebody's mistake.
const MAX_MESSAGES = 1_000
const NUMBERED_FIELD = /^(\d{1,4})\.(?:message\.)?(.+)$/
/** `gen_ai.user.message`, `gen_ai.system.message`, `gen_ai.assistant.message`, `gen_ai.tool.message`. */
const MESSAGE_EVENT = /^gen_ai\.(\w+)\.message$/
const CHOICE_EVENT = 'gen_ai.choice'
/** Events with the whole exchange in their attributes, `gen_ai.input.messages` among them. */
const DETAILS_EVENTS = [
  'gen_ai.client.inference.operation.details',
  'gen_ai.content.prompt',
  'gen_ai.content.completion',
]

/** What was asked and answered, wherever a convention puts it. */
export function readBodies(
  attributes: AttributeReader,
  events: readonly OtlpEvent[],
): { prompt: Body | null; response: Body | null } {
  const prompt = readMessages(attributes, ATTRIBUTES.prompt, NUMBERED_MESSAGES.prompt) ?? promptOf(events)
  return {
    prompt: withSystemInstructions(prompt, attributes),
    response: readMessages(attributes, ATTRIBUTES.response, NUMBERED_MESSAGES.response) ?? responseOf(events),
  }
}

/** What a call was asked and answered, from events that came apart from its span; null where they do not tell. */
export function bodiesOfEvents(events: readonly MessageEvent[]): { prompt: unknown; response: unknown } {
  return { prompt: bodyValue(promptOf(events)) ?? null, response: bodyValue(responseOf(events)) ?? null }
}

function promptOf(events: readonly MessageEvent[]): Body | null {
  return fromEvents(events, ATTRIBUTES.prompt, (event) => MESSAGE_EVENT.exec(event.name)?.[1])
}

function responseOf(events: readonly MessageEvent[]): Body | null {
  return fromEvents(events, ATTRIBUTES.response, (event) =>
    event.name === CHOICE_EVENT ? 'assistant' : undefined,
  )
}

function fromEvents(
  events: readonly MessageEvent[],
  names: readonly string[],
  roleOf: (event: MessageEvent) => string | undefined,
): Body | null {
  const messages: object[] = []
  for (const event of events) {
    if (DETAILS_EVENTS.includes(event.name)) {
      for (const name of names) {
        const body = toBody(event.attributes.get(name))
        if (body) return body
      }
    }
    const role = roleOf(event)
    if (role !== undefined) messages.push({ role, ...Object.fromEntries(event.attributes) })
  }
  return messages.length === 0 ? null : { format: 'json', text: JSON.stringify(messages) }
}

function readMessages(
  attributes: AttributeReader,
  names: readonly string[],
  prefixes: readonly string[],
): Body | null {
  // Numbered messages say more than the text that some SDKs send beside them: roles and tool calls.
  for (const prefix of prefixes) {
    const messages = collectNumbered(attributes.withPrefix(prefix))
    if (messages.length > 0) return { format: 'json', text: JSON.stringify(messages) }
  }
  return toBody(attributes.first(names))
}

/** Turns `0.role`, `0.content`, `1.message.role` into a list of messages. */
function collectNumbered(fields: Map<string, AttributeValue>): Record<string, AttributeValue>[] {
  const messages = new Map<number, [string, AttributeValue][]>()
  for (const [name, value] of fields) {
    const [, number, field] = NUMBERED_FIELD.exec(name) ?? []
    if (number === undefined || field === undefined || Number(number) >= MAX_MESSAGES) continue
    const message = messages.get(Number(number)) ?? []
    message.push([field, value])
    messages.set(Number(number), message)
  }
  return [...messages].sort(([a], [b]) => a - b).map(([, entries]) => Object.fromEntries(entries))
}

/** Instructions that a convention keeps apart from the messages come first. */
function withSystemInstructions(prompt: Body | null, attributes: AttributeReader): Body | null {
  const instructions = toBody(attributes.first(ATTRIBUTES.systemInstructions))
  if (!instructions) return prompt
  const rest = bodyValue(prompt)
  const messages: unknown[] = [{ role: 'system', content: bodyValue(instructions) }]
  if (Array.isArray(rest)) messages.push(...(rest as unknown[]))
  else if (rest !== undefined) messages.push(rest)
  return { format: 'json', text: JSON.stringify(messages) }
}

function bodyValue(body: Body | null): unknown {
  return body?.format === 'json' ? JSON.parse(body.text) : body?.text
}

/** Text that is a JSON object or array is kept as JSON: OTLP has no other way to send structured messages. */
function toBody(value: unknown): Body | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') return { format: 'json', text: JSON.stringify(value) }
  return { format: isStructured(value) ? 'json' : 'text', text: value }
}

function isStructured(text: string): boolean {
  const first = text.trimStart()[0]
  if (first !== '[' && first !== '{') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // Text that only begins like JSON.
    return false
  }
}
