import type { ServerResponse } from 'node:http'
import type { ErrorCode } from '#shared/errors.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { Refusal } from './door.ts'

/**
 * Sends an answer whole. When the request's body has not been read to its end the answer goes out at once, what still
 * comes is thrown away, and then the connection is closed: many clients read an answer only after they have sent
 * everything, and a connection closed too soon would take it away from them. The time limit of a request bounds that.
 */
export function sendWhole(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array,
): void {
  const { req } = response
  const length = { 'content-length': String(Buffer.byteLength(body)), 'x-content-type-options': 'nosniff' }
  if (req.complete) {
    response.writeHead(status, { ...headers, ...length })
    response.end(body)
    return
  }
  response.writeHead(status, { ...headers, ...length, connection: 'close' })
  response.write(body)
  const end = () => response.end()
  req.once('end', end).once('close', end).resume()
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const json = { 'content-type': 'application/json; charset=utf-8', ...headers }
  sendWhole(response, status, json, JSON.stringify(body))
}

/** Every error of the HTTP surface, OTLP's apart, has this shape. */
export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { error: { code, message } }, headers)
}

/** Answers a request that was turned away. */
export function sendRefusal(response: ServerResponse, { status, reason, message, headers }: Refusal): void {
  sendError(response, status, reason, message, headers)
}

const STORE_ANSWERS: Partial<Record<ErrorCode, { status: number; retryAfterS?: number }>> = {
  'store-full': { status: 507 },
  'store-closed': { status: 503, retryAfterS: 5 },
  'store-failed': { status: 503, retryAfterS: 5 },
  'store-corrupt': { status: 503 },
}

/** How a request is answered whose calls could not be stored: none of them is. */
export function storeRefusal(error: unknown): Refusal {
  const code = error instanceof ConsoleError ? error.code : 'store-failed'
  const { status, retryAfterS } = STORE_ANSWERS[code] ?? { status: 500 }
  return {
    status,
    reason: code,
    message: error instanceof ConsoleError ? error.message : 'The calls could not be stored.',
    ...(retryAfterS === undefined ? {} : { headers: { 'retry-after': String(retryAfterS) } }),
  }
}
