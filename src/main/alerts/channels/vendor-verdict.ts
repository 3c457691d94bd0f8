import * as z from 'zod'
import type { VendorVerdict } from './judge-answer.ts'

const answerSchema = z.record(z.string(), z.unknown())

/**
 * Reads the body of an answer that has status 200 whatever happened: `{"errcode":310000,"errmsg":"sign not match"}`.
 *
 * @param fields names of the code and of its message; the first code that is there counts, 0 is good.
 * @param passing codes that say: later.
 */
export function readVendorCode(
  body: string,
  fields: { codes: readonly string[]; messages: readonly string[] },
  passing: ReadonlySet<number>,
): VendorVerdict {
  const answer = parse(body)
  const code = fields.codes.map((name) => answer[name]).find((value) => typeof value === 'number')
  const said = fields.messages.map((name) => answer[name]).find((value) => typeof value === 'string')
  // Something else answers there, or the answer broke off: it may be put right.
  if (typeof code !== 'number') return { isGood: false, isPassing: true, said: '' }
  return {
    isGood: code === 0,
    isPassing: passing.has(code),
    said: `${code} ${typeof said === 'string' ? said : ''}`,
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    return answerSchema.parse(JSON.parse(body))
  } catch {
    // Not JSON, or no object.
    return {}
  }
}
