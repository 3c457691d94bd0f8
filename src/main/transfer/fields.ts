/** A JSON object from outside. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @returns the object, or an empty one; also of one that was written as text. */
export function fieldsOf(value: unknown): Fields {
  if (isFields(value)) return value
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(value)
    return isFields(parsed) ? parsed : {}
  } catch {
    // A text that only looks like an object.
    return {}
  }
}

/** The first of some fields that is there and not empty. Looks at own properties only: names come from outside. */
export function firstOf(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Numbers, also where a database wrote them as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * A time as exports write it: ISO 8601 with or without a zone, which is UTC then, or with a space in place of the T; or
 * epoch milliseconds.
 *
 * @returns nanoseconds of Unix time; undefined: it is no time.
 */
export function unixNanos(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.round(value * 1_000)) * 1_000n
  const [, day, clock, fraction = '', zone = 'Z'] = TIME.exec(textOf(value) ?? '') ?? []
  if (day === undefined || clock === undefined) return undefined
  const seconds = Date.parse(`${day}T${clock}${zone}`) / 1_000
  if (!Number.isInteger(seconds) || seconds < 0) return undefined
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
