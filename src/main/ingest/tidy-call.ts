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
 * Puts right what would do harm later, whichever door a call came in by, and flags it: a start that cannot be true is
 * replaced by the arrival, halves of surrogate pairs by the replacement character, and long texts are cut.
 */
export function tidyCall(call: NewCall): NewCall {
  const flags = new Set<CallFlag>(call.flags)
  const tidy: NewCall = { ...call }
  for (const key of TEXTS) {
    const text = tidy[key]
    if (text === null || text.isWellFormed()) continue
    // Each of these fields takes text; which one it is the compiler cannot tell in a loop.
    Object.assign(tidy, { [key]: text.toWellFormed() })
    flags.add('text-repaired')
  }
  if (tidy.errorMessage !== null && tidy.errorMessage.length > LIMITS.textLength) {
    tidy.errorMessage = cut(tidy.errorMessage)
    flags.add('text-truncated')
  }
  tidy.prompt = tidyBody(call.prompt, flags)
  tidy.response = tidyBody(call.response, flags)
  if (call.startedAt < LIMITS.earliestStart || call.startedAt > call.arrivedAt + LIMITS.clockAheadMs) {
    tidy.startedAt = call.arrivedAt
    tidy.reportedStartedAt = call.startedAt
    flags.add('start-implausible')
  }
  tidy.flags = [...flags]
  return tidy
}

function tidyBody(body: Body | null, flags: Set<CallFlag>): Body | null {
  if (body === null) return null
  let { text, format } = body
  const { originalLength = text.length } = body
  if (!text.isWellFormed()) {
    text = text.toWellFormed()
    flags.add('text-repaired')
  }
  if (text.length <= LIMITS.textLength && originalLength <= text.length) return { format, text }
  flags.add('text-truncated')
  // Half a JSON value is none.
  format = 'text'
  return { format, text: cut(text), originalLength }
}

/** Cuts a text to its limit without cutting a surrogate pair in two. */
function cut(text: string): string {
  return text.slice(0, LIMITS.textLength).replace(/[\ud800-\udbff]$/, '')
}
