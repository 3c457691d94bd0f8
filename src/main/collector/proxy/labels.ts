import type { IncomingHttpHeaders } from 'node:http'
import { LIMITS } from '#shared/limits.ts'

/** What a caller says about its call in headers. */
export interface CallLabels {
  requestId: string | null
  app: string | null
  userId: string | null
  sessionId: string | null
  tags: string[]
}

/** Reads `x-llmops-app`, `-user`, `-session`, `-request-id`, and `-tags` with commas between. Long values are cut. */
export function readLabels(headers: IncomingHttpHeaders): CallLabels {
  const text = (name: string) => nonEmpty(decode(headers[`x-llmops-${name}`])?.slice(0, LIMITS.nameLength))
  const tags = (decode(headers['x-llmops-tags']) ?? '')
    .split(',')
    .flatMap((tag) => nonEmpty(tag.slice(0, LIMITS.nameLength)) ?? [])
  return {
    requestId: withAttempt(text('request-id'), headers['x-stainless-retry-count']),
    app: text('app'),
    userId: text('user'),
    sessionId: text('session'),
    tags: [...new Set(tags)].slice(0, LIMITS.tagsPerCall),
  }
}

/**
 * The vendors' SDKs send a failed request again by themselves, with the same headers. Each attempt is a call of its own,
 * with its own tokens; under one id the first, failed one would be the only one kept.
 */
function withAttempt(requestId: string | null, retryCount: string | string[] | undefined): string | null {
  const attempt = Number(retryCount)
  if (requestId === null || !Number.isInteger(attempt) || attempt < 1 || attempt > MAX_ATTEMPTS)
    return requestId
  const suffix = `-retry-${attempt}`
  return requestId.slice(0, LIMITS.nameLength - suffix.length) + suffix
}

// More is nobody's count.
const MAX_ATTEMPTS = 1_000

function nonEmpty(text: string | undefined): string | null {
  return text?.trim() || null
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Node reads headers as Latin-1; most programs that send other letters mean UTF-8. */
function decode(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(',') : value
  if (text === undefined) return undefined
  try {
    return utf8.decode(Buffer.from(text, 'latin1'))
  } catch {
    // Latin-1 indeed.
    return text
  }
}

// What carries a caller's key, by the custom of the vendors and of gateways before them.
const KEY_HEADERS = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key']
// Shorter ones ("ollama", "not-needed") stand in for a key, and turn up in ordinary texts.
const MIN_SECRET_LENGTH = 12

/** The secrets of a request, so that they can be kept out of what is recorded: an answer may repeat them. */
export function readSecrets(headers: IncomingHttpHeaders): string[] {
  const keys = KEY_HEADERS.flatMap((name) => headers[name] ?? []).flatMap((value) => [
    value,
    ...value.split(/\s+/),
  ])
  const cookies = (headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim())
  return [...new Set([...keys, ...cookies])]
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length)
}
