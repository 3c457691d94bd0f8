import type { IncomingMessage } from 'node:http'

/** What is looked at before anything of a request is read. */
type RequestHead = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>

/** Why a request is turned away, and how it is answered. `reason` is counted; nothing of the request is echoed. */
export interface Refusal {
  status: number
  reason: string
  message: string
  headers?: Record<string, string>
}

const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/** Whom the user lets in besides programs of this machine. */
export interface Guests {
  allowedOrigins: readonly string[]
  /** What containers call this machine; none: they are not let in. */
  containerHosts: readonly string[]
}

/** A web page that is not welcome, or not here. */
export const WEB_PAGE: Refusal = {
  status: 403,
  reason: 'origin',
  message: 'Requests from web pages are not accepted.',
}

/**
 * Lets in programs of this machine and keeps out web pages. A page in a browser cannot avoid sending a foreign `Host`
 * (DNS rebinding), an `Origin`, or `Sec-Fetch-Site`; a program sends none of them. A page whose exact origin the user
 * has allowed may come in, with its `Origin`: it needs a token besides.
 *
 * @param port the port that the collector listens on.
 * @returns the refusal, or null if the request may come in.
 */
export function checkDoor(
  { headers, rawHeaders, url = '' }: RequestHead,
  port: number,
  { allowedOrigins, containerHosts }: Guests,
): Refusal | null {
  // Two readers of one request must not read two different ones: what is ambiguous is not read at all.
  if (!url.startsWith('/'))
    return { status: 400, reason: 'url', message: 'The request target must be a path.' }
  if (countHeader(rawHeaders, 'host') > 1) {
    return { status: 400, reason: 'duplicate-host', message: 'There must be one Host header.' }
  }
  const host = headers.host?.toLowerCase()
  const isNamed = (names: readonly string[]) => names.some((name) => host === `${name}:${port}`)
  if (!isNamed(LOCAL_NAMES) && !isNamed(containerHosts)) {
    return { status: 403, reason: 'host', message: 'The Host header must name this machine and this port.' }
  }
  if (headers.origin !== undefined) return allowedOrigins.includes(headers.origin) ? null : WEB_PAGE
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'none') return { ...WEB_PAGE, reason: 'sec-fetch-site' }
  return null
}

/** Whether a request names this machine as containers do: it needs a token, and comes in to send calls only. */
export function isFromContainer({ headers }: Pick<RequestHead, 'headers'>, port: number): boolean {
  const host = headers.host?.toLowerCase()
  return !LOCAL_NAMES.some((name) => host === `${name}:${port}`)
}

/** Raw headers are names and values in turn. */
function countHeader(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === name).length
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
