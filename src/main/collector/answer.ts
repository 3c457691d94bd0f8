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
  response.writeHead(status, { ...jsonHeaders(text), ...headers })
  response.end(text)
}

function jsonHeaders(text: string) {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  }
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
 * Answers a request that was turned away, at once. What still comes of its body is thrown away before the connection
 * may close: many clients read the answer only after they have sent everything, and a connection closed too soon would
 * take it away from them. The time limit of a request bounds how long that goes on.
 */
export function sendRefusal(response: ServerResponse, { status, reason, message }: Refusal): void {
  const { req } = response
  const text = JSON.stringify({ error: { code: reason, message } })
  response.writeHead(status, { ...jsonHeaders(text), ...(req.complete ? {} : { connection: 'close' }) })
  response.write(text)
  const end = () => response.end()
  if (req.complete) end()
  else req.once('end', end).once('close', end).resume()
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
