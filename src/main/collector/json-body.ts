import type { Refusal } from './door.ts'

export type JsonBody = { ok: true; value: unknown } | { ok: false; refusal: Refusal }

export const NOT_UTF8: Refusal = { status: 400, reason: 'utf-8', message: 'The body is not valid UTF-8.' }
const NOT_JSON: Refusal = { status: 400, reason: 'json', message: 'The body is not valid JSON.' }

// A byte order mark is skipped; bytes that are not UTF-8 throw.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @returns the text, or null if the bytes are not UTF-8. */
export function decodeText(body: Buffer): string | null {
  try {
    return utf8.decode(body)
  } catch {
    return null
  }
}

/** Reads a body that is one JSON value. */
export function parseJsonBody(body: Buffer): JsonBody {
  const text = decodeText(body)
  return text === null ? { ok: false, refusal: NOT_UTF8 } : parseJsonText(text)
}

export function parseJsonText(text: string): JsonBody {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, refusal: NOT_JSON }
  }
}
