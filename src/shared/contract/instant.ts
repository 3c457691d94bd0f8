import * as z from 'zod'

/**
 * A point in time: epoch milliseconds, or ISO 8601. Query strings carry both as text.
 *
 * @returns epoch milliseconds.
 */
export const instantSchema = z
  .union([z.number(), z.string()], { error: 'must be ISO 8601 or epoch ms' })
  .transform((value, context) => {
    const epochMs = parseInstant(value)
    if (epochMs !== undefined) return epochMs
    context.addIssue({ code: 'custom', message: 'must be ISO 8601 or epoch ms' })
    return z.NEVER
  })

// A date with or without a time; a time without a zone is refused because its meaning depends on the reader.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}))?$/
const DIGITS = /^-?\d{1,16}$/
// The range of an ECMAScript date (ECMA-262, "Time Values and Time Range").
const MAX_EPOCH_MS = 8.64e15

/**
 * @param value epoch milliseconds as a number or as digits, or an ISO 8601 date.
 * @returns whole epoch milliseconds, or undefined if the value is none of these.
 */
export function parseInstant(value: number | string): number | undefined {
  if (typeof value === 'number') return isEpochMs(value) ? Math.floor(value) : undefined
  if (DIGITS.test(value)) return isEpochMs(Number(value)) ? Number(value) : undefined
  if (!ISO_8601.test(value) || !isCalendarDay(value.slice(0, 10))) return undefined
  const epochMs = Date.parse(value.replace(',', '.'))
  return Number.isNaN(epochMs) ? undefined : epochMs
}

/** Date.parse takes the 30th of February for the 1st of March. */
function isCalendarDay(day: string): boolean {
  const epochMs = Date.parse(day)
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day)
}

function isEpochMs(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= MAX_EPOCH_MS
}
