import type { IncomingHttpHeaders } from 'node:http'

/** Why a request is turned away, and how it is answered. `reason` is counted; nothing of the request is echoed. */
export interface Refusal {
  status: number
  reason: string
  message: string
}

const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Lets in programs of this machine and keeps out web pages. A page in a browser cannot avoid sending a foreign `Host`
 * (DNS rebinding), an `Origin`, or `Sec-Fetch-Site`; a program sends none of them.
 *
 * @param port the port that the collector listens on.
 * @returns the refusal, or null if the request may come in.
 */
export function checkDoor(headers: IncomingHttpHeaders, port: number): Refusal | null {
  const host = headers.host?.toLowerCase()
  if (host === undefined || !LOCAL_NAMES.some((name) => host === `${name}:${port}`)) {
    return { status: 403, reason: 'host', message: 'The Host header must name this machine and this port.' }
  }
  if (headers.origin !== undefined) {
    return { status: 403, reason: 'origin', message: 'Requests from web pages are not accepted.' }
  }
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'none') {
    return { status: 403, reason: 'sec-fetch-site', message: 'Requests from web pages are not accepted.' }
  }
  return null
}

export type NativeContentType = 'json' | 'ndjson'

const CONTENT_TYPES = new Map<string, NativeContentType>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
])

/** @returns how the body is to be read, or null for a type that is not accepted. Only UTF-8 is. */
export function readContentType(header: string | undefined): NativeContentType | null {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';')
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return null
  return CONTENT_TYPES.get(type.trim()) ?? null
}
