import { LIMITS } from '#shared/limits.ts'

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
 *
 * @param now epoch ms
 * @returns milliseconds from now, at most `LIMITS.notificationDelayMs`; undefined when there is none, or none that can be read.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const delayMs = /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(delayMs) ? undefined : Math.min(LIMITS.notificationDelayMs, Math.max(0, delayMs))
}
