/** A part of a message. All of it is text to be read: nothing in it is run, and nothing it names is loaded. */
export type MessagePart =
  | { kind: 'text' | 'reasoning' | 'json'; text: string }
  | { kind: 'toolCall' | 'toolResult'; name: string | null; id: string | null; text: string }
  | { kind: 'image' | 'audio' | 'file'; mimeType: string | null; address: string | null }

export interface Message {
  /** As it was given: `system`, `user`, `assistant`, `tool`, or any other. */
  role: string
  parts: MessagePart[]
}

type JsonObject = Readonly<Record<string, unknown>>

/** How far bodies are unwrapped, and how deep contents lie in contents. What lies deeper is shown as JSON. */
const MAX_DEPTH = 8
/** A list with more is shown as JSON. */
const MAX_ITEMS = 2_000
/** What is longer is shown as it came. */
const MAX_FORMATTED_LENGTH = 100_000
const MAX_ADDRESS_LENGTH = 200

const WRAPPERS = ['messages', 'contents', 'choices', 'candidates', 'output', 'message'] as const
const SYSTEM = ['system', 'instructions', 'systemInstruction', 'system_instruction'] as const
/** `input` and `prompt` are words that any app uses: only what is nothing but a request is unwrapped by them. */
const REQUEST_KEYS: ReadonlySet<string> = new Set(['input', 'prompt', 'model', ...SYSTEM])

const TEXTS = new Set(['text', 'input_text', 'output_text', 'summary_text', 'refusal'])
const REASONINGS = new Set(['thinking', 'reasoning', 'redacted_thinking', 'reasoning_text'])
const TOOL_CALLS = new Set([
  'tool_use',
  'server_tool_use',
  'mcp_tool_use',
  'tool_call',
  'tool-call',
  'function_call',
  'function',
])
const TOOL_RESULTS = new Set(['tool_call_response', 'tool-result', 'function_call_output'])
const MEDIA = new Map<string, 'image' | 'audio' | 'file'>([
  ['image', 'image'],
  ['image_url', 'image'],
  ['input_image', 'image'],
  ['audio', 'audio'],
  ['input_audio', 'audio'],
  ['document', 'file'],
  ['file', 'file'],
  ['input_file', 'file'],
  ['video', 'file'],
  ['blob', 'file'],
  ['uri', 'file'],
])

/**
 * Reads a prompt or a response as messages: of OpenAI's chat completions and responses, Anthropic's messages, Gemini's
 * contents, OpenTelemetry's parts, or plain text. Whatever is none of these is one message of JSON. Never throws.
 *
 * @param role whose words they are, where the body does not say.
 */
export function readMessages(body: unknown, role: string): Message[] {
  if (body === null || body === undefined || body === '') return []
  return read(body, role, MAX_DEPTH) ?? [{ role, parts: [json(body)] }]
}

/** @returns undefined: it is none of the shapes that are known. */
function read(body: unknown, role: string, depth: number): Message[] | undefined {
  if (typeof body === 'string') return [{ role, parts: [{ kind: 'text', text: body }] }]
  if (depth === 0 || typeof body !== 'object' || body === null) return undefined
  if (Array.isArray(body)) return readList(body, role, depth)
  const given = asObject(body)
  if (isMessage(given)) return [readMessage(given, depth)]
  const part = readPart(given, depth)
  return part ? [{ role, parts: part }] : unwrap(given, role, depth)
}

/** Messages beside each other, or the parts of one. */
function readList(list: readonly unknown[], role: string, depth: number): Message[] | undefined {
  if (list.length > MAX_ITEMS) return undefined
  const messages: Message[] = []
  let loose: Message | undefined
  let isKnown = false
  for (const item of list) {
    const given = asObject(item)
    const parts =
      typeof item === 'string' ? [text(item)] : isMessage(given) ? undefined : readPart(given, depth)
    const whole = parts ? undefined : read(item, role, depth - 1)
    isKnown ||= parts !== undefined || whole !== undefined
    if (whole) {
      for (const message of whole) messages.push(message)
      loose = undefined
      continue
    }
    if (!loose) messages.push((loose = { role, parts: [] }))
    loose.parts.push(...(parts ?? [json(item)]))
  }
  return isKnown ? messages : undefined
}

function unwrap(body: JsonObject, role: string, depth: number): Message[] | undefined {
  const isRequest = Object.keys(body).every((key) => REQUEST_KEYS.has(key))
  const inner =
    WRAPPERS.map((key) => body[key]).find((value) => typeof value === 'object' && value !== null) ??
    (isRequest ? (body['input'] ?? body['prompt']) : undefined) ??
    // A candidate of Gemini, a choice of text completions.
    (typeof body['content'] === 'object' || body['finish_reason'] !== undefined
      ? (body['content'] ?? body['text'])
      : undefined)
  const messages = read(inner, role, depth - 1)
  if (!messages) return undefined
  const system = SYSTEM.map((key) => body[key]).find((value) => value !== undefined && value !== null)
  return [...(system === undefined ? [] : readMessages(system, 'system')), ...messages]
}

function isMessage(given: JsonObject): boolean {
  const { role, content, parts, tool_calls: toolCalls, function_call: functionCall } = given
  return (
    typeof role === 'string' && [content, parts, toolCalls, functionCall].some((value) => value !== undefined)
  )
}

function readMessage(given: JsonObject, depth: number): Message {
  const role = asText(given['role']) ?? ''
  const parts: MessagePart[] = []
  for (const key of ['reasoning_content', 'reasoning', 'thinking']) {
    const reasoning = asText(given[key])
    if (reasoning) parts.push({ kind: 'reasoning', text: reasoning })
  }
  const toolCallId = asText(given['tool_call_id'])
  if (role === 'tool' || role === 'function') {
    const content = given['content'] ?? given['parts']
    const known = Array.isArray(content) ? readContent(content, depth - 1) : []
    // Parts that name their call by themselves are results already.
    if (known.some(({ kind }) => kind === 'toolResult')) parts.push(...known)
    else parts.push(toolResult(asText(given['name']), toolCallId, content))
  } else {
    parts.push(...readContent(given['content'], depth - 1), ...readContent(given['parts'], depth - 1))
  }
  const refusal = asText(given['refusal'])
  if (refusal) parts.push(text(refusal))
  for (const call of asList(given['tool_calls'])) parts.push(toolCall(asObject(call)))
  if (given['function_call']) parts.push(toolCall(asObject(given['function_call'])))
  return { role, parts }
}

function readContent(content: unknown, depth: number): MessagePart[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [text(content)]
  if (!Array.isArray(content)) return readPart(asObject(content), depth) ?? [json(content)]
  if (content.length > MAX_ITEMS) return [json(content)]
  return content.flatMap((item: unknown) =>
    typeof item === 'string' ? [text(item)] : (readPart(asObject(item), depth) ?? [json(item)]),
  )
}

/** @returns undefined: it is no part of a message that is known. */
function readPart(given: JsonObject, depth: number): MessagePart[] | undefined {
  if (depth <= 0) return undefined
  const type = asText(given['type'])
  if (type === null) return readUntypedPart(given)
  const content = given['text'] ?? given['content'] ?? given['refusal']
  if (TEXTS.has(type)) return typeof content === 'string' ? [text(content)] : undefined
  if (REASONINGS.has(type)) {
    const inner = given['thinking'] ?? content ?? given['summary']
    const texts = readContent(inner, depth - 1).flatMap((part) => ('text' in part ? [part.text] : []))
    return [{ kind: 'reasoning', text: texts.join('\n') }]
  }
  if (TOOL_CALLS.has(type)) return [toolCall(given)]
  if (TOOL_RESULTS.has(type) || type.endsWith('tool_result')) {
    const id = asText(given['tool_use_id']) ?? asText(given['call_id']) ?? asText(given['id'])
    const result = given['content'] ?? given['output'] ?? given['response'] ?? given['result']
    return [toolResult(asText(given['name']), id, result)]
  }
  const kind = MEDIA.get(type)
  return kind && [media(kind, given)]
}

/** Gemini's parts are told by their field. */
function readUntypedPart(given: JsonObject): MessagePart[] | undefined {
  const { text: words, functionCall, functionResponse, inlineData, fileData } = given
  if (typeof words === 'string' && Object.keys(given).length <= 2) {
    return [given['thought'] === true ? { kind: 'reasoning', text: words } : text(words)]
  }
  if (functionCall) return [toolCall(asObject(functionCall))]
  if (functionResponse) {
    const { name, id, response } = asObject(functionResponse)
    return [toolResult(asText(name), asText(id), response)]
  }
  const data = inlineData ?? fileData
  return data ? [media('file', asObject(data))] : undefined
}

function toolCall(given: JsonObject): MessagePart {
  const inner = given['function'] ? asObject(given['function']) : given
  const written = inner['arguments'] ?? inner['input'] ?? inner['args']
  return {
    kind: 'toolCall',
    name: asText(inner['name']) ?? asText(inner['toolName']),
    id: asText(given['call_id']) ?? asText(given['id']),
    text: typeof written === 'string' ? indented(written) : json(written ?? {}).text,
  }
}

function toolResult(name: string | null, id: string | null, content: unknown): MessagePart {
  const parts = readContent(content, 1)
  const isText = parts.every(({ kind }) => kind === 'text')
  const words = parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')
  return { kind: 'toolResult', name, id, text: isText ? indented(words) : json(content).text }
}

function media(kind: 'image' | 'audio' | 'file', given: JsonObject): MessagePart {
  const nested = [given['source'], given['image_url'], given['input_audio'], given['file']].map(asObject)
  const all = [given, ...nested]
  const first = (...keys: string[]) =>
    all.flatMap((one) => keys.map((key) => asText(one[key]))).find((value) => value !== null) ?? null
  const url = first('image_url', 'url', 'uri', 'fileUri', 'file_url', 'file_data')
  const dataUrl = url === null ? null : /^data:([\w.+-]{1,100}\/[\w.+-]{1,100})?[;,]/.exec(url)
  return {
    kind,
    mimeType: first('media_type', 'mime_type', 'mimeType', 'format') ?? dataUrl?.[1] ?? null,
    address: url === null || dataUrl ? first('filename', 'file_id') : url.slice(0, MAX_ADDRESS_LENGTH),
  }
}

const text = (value: string): MessagePart => ({ kind: 'text', text: value })

function json(value: unknown): { kind: 'json'; text: string } {
  // Undefined, a function or a symbol has no JSON.
  const written = JSON.stringify(value, null, 2) as string | undefined
  return { kind: 'json', text: written ?? '' }
}

/** JSON in a text is set out in lines; other text stays. */
function indented(value: string): string {
  if (value.length > MAX_FORMATTED_LENGTH || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    // Models write JSON that is none.
    return value
  }
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : NOTHING
}

const NOTHING: JsonObject = Object.freeze(Object.create(null) as JsonObject)

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
