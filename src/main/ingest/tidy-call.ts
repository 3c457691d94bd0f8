import { LIMITS } from '#shared/limits.ts'
import type { Body, CallFlag, NewCall } from '../store/call.ts'

/** The texts of a call that come from outside, bodies apart. */
const TEXTS = [
  'requestId',
  'app',
  'appType',
  'environment',
  'userId',
  'sessionId',
  'provider',
  'requestModel',
  'model',
  'operation',
  'name',
  'errorType',
  'errorMessage',
  'attributes',
] as const satisfies readonly (keyof NewCall)[]

/**
 * Puts right what would do harm later, whichever door a call came in by: a start that cannot be true is replaced by the
 * arrival, halves of surrogate pairs by the replacement character, and long texts are cut, all of which is flagged; a span
 * that is its own parent has none; and embeddings have the total that they mostly do not say.
 *
 * @returns the call itself if there is nothing to put right, which is nearly always.
 */
export function tidyCall(call: NewCall): NewCall {
  const changes: Partial<NewCall> = {}
  const flags = new Set<CallFlag>()
  for (const key of TEXTS) {
    const text = call[key]
    const format = key === 'attributes' ? 'json' : 'text'
    if (text === null || isWellFormed(text, format)) continue
    // Each of these fields takes text; which one it is the compiler cannot tell in a loop.
    Object.assign(changes, { [key]: toWellFormed(text, format) })
    flags.add('text-repaired')
  }
  const errorMessage = changes.errorMessage ?? call.errorMessage
  if (errorMessage !== null && errorMessage.length > LIMITS.textLength) {
    changes.errorMessage = cut(errorMessage)
    flags.add('text-truncated')
  }
  for (const key of ['prompt', 'response'] as const) {
    const body = call[key]
    if (body !== null && !isTidy(body)) changes[key] = tidyBody(body, flags)
  }
  // It would be taken for a step around itself, and not be counted.
  if (call.spanId !== null && call.parentSpanId === call.spanId) changes.parentSpanId = null
  // They put out no tokens, so conventions have no count of them: what came in is all.
  const hasOnlyInput = call.inputTokens !== null && call.outputTokens === null && call.totalTokens === null
  if (hasOnlyInput && call.operation === 'embeddings') changes.totalTokens = call.inputTokens
  if (call.startedAt < LIMITS.earliestStart || call.startedAt > call.arrivedAt + LIMITS.clockAheadMs) {
    changes.startedAt = call.arrivedAt
    changes.reportedStartedAt = call.startedAt
    flags.add('start-implausible')
  }
  if (Object.keys(changes).length === 0) return call
  return { ...call, ...changes, flags: [...new Set([...call.flags, ...flags])] }
}

function isTidy({ text, format, originalLength }: Body): boolean {
  return originalLength === undefined && text.length <= LIMITS.textLength && isWellFormed(text, format)
}

function tidyBody(body: Body, flags: Set<CallFlag>): Body {
  const { format } = body
  if (!isWellFormed(body.text, format)) flags.add('text-repaired')
  const text = toWellFormed(body.text, format)
  const { originalLength = text.length } = body
  if (text.length <= LIMITS.textLength && originalLength <= text.length) return { format, text }
  flags.add('text-truncated')
  // Half a JSON value is none.
  return { format: 'text', text: cut(text), originalLength }
}

/** Escapes within JSON: a surrogate pair, half of one (captured), and any other. */
const JSON_ESCAPES = /\\u(?:d[89ab]..\\ud[c-f]..|(d[89a-f]..))|\\./gis

/** Whether a text has no half of a surrogate pair, as itself or, in JSON, as an escape. */
function isWellFormed(text: string, format: Body['format']): boolean {
  if (!text.isWellFormed()) return false
  const mayHaveHalves = format === 'json' && (text.includes('\\ud') || text.includes('\\uD'))
  return !mayHaveHalves || toWellFormed(text, format) === text
}

function toWellFormed(text: string, format: Body['format']): string {
  const wellFormed = text.toWellFormed()
  if (format === 'text') return wellFormed
  return wellFormed.replace(JSON_ESCAPES, (escape, half: string | undefined) =>
    half === undefined ? escape : '\ufffd',
  )
}

/** Cuts a text to its limit without cutting a surrogate pair in two. */
function cut(text: string): string {
  return text.slice(0, LIMITS.textLength).replace(/[\ud800-\udbff]$/, '')
}
