import type { ServerResponse } from 'node:http'
import type { ErrorCode } from '#shared/errors.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { Refusal } from './door.ts'

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}

/** Every error of the HTTP surface has this shape. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error: { code, message } }, headers)
}

/**
 * Answers a request that was turned away. When its body was not read to the end the connection is closed after the
 * answer, and what still comes is thrown away so that the sender gets to read the answer.
 */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  const isBodyRead = response.req.complete
  sendError(
    response,
    refusal.status,
    refusal.reason,
    refusal.message,
    isBodyRead ? {} : { connection: 'close' },
  )
  if (!isBodyRead) response.req.resume()
}

const STORE_ANSWERS: Partial<Record<ErrorCode, { status: number; retryAfterS?: number }>> = {
  'queue-full': { status: 429, retryAfterS: 1 },
  'store-full': { status: 507 },
  'store-closed': { status: 503, retryAfterS: 5 },
  'store-failed': { status: 503, retryAfterS: 5 },
  'store-corrupt': { status: 503 },
}

/** Answers a request whose calls could not be stored: none of them is. */
export function sendStoreError(response: ServerResponse, error: unknown): void {
  const code = error instanceof ConsoleError ? error.code : 'store-failed'
  const { status, retryAfterS } = STORE_ANSWERS[code] ?? { status: 500 }
  const message = error instanceof ConsoleError ? error.message : 'The calls could not be stored.'
  sendError(
    response,
    status,
    code,
    message,
    retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) },
  )
}
