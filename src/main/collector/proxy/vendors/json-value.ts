import { LIMITS } from '#shared/limits.ts'

/** What an upstream or an app sent is whatever it is; these read it without believing it. */
export type JsonObject = Readonly<Record<string, unknown>>

export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** @returns undefined for an empty text, too. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LIMITS.tokens
    ? value
    : null
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Half a value of a stream that was cut, or no JSON at all.
    return undefined
  }
}
