import { v7 as timeOrderedId } from 'uuid'
import { LIMITS } from '#shared/limits.ts'
import type { Body, NewCall } from '../store/call.ts'
import { findExcess } from './json-excess.ts'

/** Tokens as a call has them: input includes cached and cache-write tokens, output includes reasoning. */
export interface AnswerUsage {
  inputTokens: number | null
  outputTokens: number | null
  totalTokens: number | null
  cachedInputTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
}

/** One of a model's answers to a request; most requests ask for one. */
export interface AnswerMessage {
  content: string
  reasoning: string
  /** `arguments` is JSON text, as the model wrote it. */
  toolCalls: { id: string | null; name: string | null; arguments: string }[]
}

/** A failure: its type is what failures are counted by. */
export interface AnswerError {
  type: string | null
  message: string | null
}

/** What could be read of an upstream's answer, whichever protocol it came in. */
export interface ProxyAnswer {
  id: string | null
  model: string | null
  messages: AnswerMessage[]
  finishReasons: string[]
  /** Null when the answer does not tell: tokens are never guessed. */
  usage: AnswerUsage | null
  error: AnswerError | null
  /** The protocol's own end of an answer was seen. */
  isComplete: boolean
  /** Length of its texts before they were cut, in UTF-16 code units; null when they are whole. */
  cutFromLength: number | null
}

/** What could be read of a request. */
export interface ProxyRequest {
  model: string | null
  userId: string | null
  /** Any JSON; undefined when it could not be read. */
  prompt: unknown
  /** Settings by their names in OpenTelemetry's conventions. */
  parameters: Record<string, number>
}

/** A request and its answer, as they passed through the proxy. */
export interface ProxyExchange {
  provider: string
  operation: string
  /** What the caller said in headers. */
  labels: {
    requestId: string | null
    app: string | null
    userId: string | null
    sessionId: string | null
    tags: string[]
  }
  /** epoch ms */
  startedAt: number
  /** epoch ms */
  arrivedAt: number
  durationMs: number
  /** To the first part of a stream that the model wrote; null when it did not stream. */
  ttftMs: number | null
  /** Null when no answer came. */
  httpStatus: number | null
  request: ProxyRequest
  answer: ProxyAnswer
  /** What went wrong beside or instead of the answer. */
  failure: AnswerError | null
  /** Something was too large to be kept for the record. */
  isCut: boolean
  /** The caller's keys: wherever an answer repeats one, it is taken out. */
  secrets: readonly string[]
}

/** A call of the proxy, ready to be submitted. */
export type ProxyCall = NewCall & { source: 'proxy' }

/** The app of a call that names none. */
const DEFAULT_APP = 'default'
const REDACTED = '[redacted]'

/** Makes a call of what passed through the proxy. */
export function proxyCall(exchange: ProxyExchange): ProxyCall {
  const { labels, request, answer, secrets } = exchange
  const error = readError(exchange)
  const clean = (text: string) => redact(text, secrets)
  const cleanBody = (body: Body | null) => body && { ...body, text: clean(body.text) }
  // Nobody reads what is nested deeper, and not every reader bears it.
  const isPromptReadable = findExcess(request.prompt) === null
  const isCut = exchange.isCut || answer.cutFromLength !== null || !isPromptReadable
  return {
    requestId: labels.requestId ?? timeOrderedId({ msecs: exchange.arrivedAt }),
    source: 'proxy',
    isStep: false,
    app: labels.app ?? DEFAULT_APP,
    appType: null,
    environment: null,
    userId: labels.userId ?? name(request.userId),
    sessionId: labels.sessionId,
    provider: exchange.provider,
    requestModel: name(request.model),
    model: name(answer.model),
    operation: exchange.operation,
    name: null,
    status: error ? 'error' : 'ok',
    errorType: error?.type ? clean(error.type).slice(0, LIMITS.nameLength) : null,
    errorMessage: error?.message ? clean(error.message) : null,
    startedAt: exchange.startedAt,
    reportedStartedAt: null,
    arrivedAt: exchange.arrivedAt,
    durationUs: toMicroseconds(exchange.durationMs),
    ttftUs: exchange.ttftMs === null ? null : toMicroseconds(exchange.ttftMs),
    ...(answer.usage ?? NO_USAGE),
    usageSource: answer.usage ? 'reported' : null,
    costNanos: null,
    costSource: null,
    costConfigId: null,
    reportedCost: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    tags: labels.tags,
    flags: isCut ? ['text-truncated'] : [],
    attributes: clean(JSON.stringify(attributesOf(exchange))),
    prompt: isPromptReadable ? cleanBody(toBody(request.prompt)) : null,
    response: cleanBody(responseBody(answer)),
  }
}

const NO_USAGE: AnswerUsage = {
  inputTokens: null,
  outputTokens: null,
  totalTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
}

/** The upstream's own word for a failure comes first, then its status, then what the proxy saw. */
function readError({ failure, httpStatus, answer }: ProxyExchange): AnswerError | null {
  const hasFailed = httpStatus !== null && (httpStatus < 200 || httpStatus >= 300)
  if (!answer.error && !hasFailed) return failure
  return {
    type: answer.error?.type ?? (hasFailed ? `http_${httpStatus}` : 'error'),
    message: answer.error?.message ?? (hasFailed ? `HTTP ${httpStatus}` : null),
  }
}

function attributesOf({ request, answer, httpStatus }: ProxyExchange): Record<string, unknown> {
  return {
    ...request.parameters,
    ...(httpStatus !== null && { 'http.response.status_code': httpStatus }),
    ...(answer.id !== null && { 'gen_ai.response.id': answer.id }),
    ...(answer.finishReasons.length > 0 && { 'gen_ai.response.finish_reasons': answer.finishReasons }),
  }
}

function toBody(prompt: unknown): Body | null {
  if (prompt === undefined || prompt === null || prompt === '') return null
  return typeof prompt === 'string'
    ? { format: 'text', text: prompt }
    : { format: 'json', text: JSON.stringify(prompt) }
}

/** One answer that is text alone is kept as text, whatever else as messages in OpenAI's shape. */
function responseBody({ messages, cutFromLength }: ProxyAnswer): Body | null {
  const [first] = messages
  if (!first || messages.every(isEmpty)) return null
  const isPlain = messages.length === 1 && first.reasoning === '' && first.toolCalls.length === 0
  const body: Body = isPlain
    ? { format: 'text', text: first.content }
    : { format: 'json', text: JSON.stringify(messages.map(toOpenAiMessage)) }
  return cutFromLength === null ? body : { ...body, originalLength: cutFromLength }
}

function isEmpty({ content, reasoning, toolCalls }: AnswerMessage): boolean {
  return content === '' && reasoning === '' && toolCalls.length === 0
}

function toOpenAiMessage({ content, reasoning, toolCalls }: AnswerMessage): Record<string, unknown> {
  return {
    role: 'assistant',
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    content: content === '' ? null : content,
    ...(toolCalls.length > 0 && {
      tool_calls: toolCalls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: call.arguments },
      })),
    }),
  }
}

/** An empty name says as little as an absent one, and a long one is cut. */
function name(text: string | null): string | null {
  return text?.slice(0, LIMITS.nameLength) || null
}

function toMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000)
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text)
}
