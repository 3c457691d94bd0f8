import type { IncomingHttpHeaders } from 'node:http'
import type { Refusal } from './door.ts'

/** Where a program puts the token if `Authorization` is not ours: through the proxy it is the vendor's. */
const TOKEN_HEADER = 'x-llmops-token'

/**
 * The tokens that a request to a door carries: `x-llmops-token`, a bearer token, or the password of Basic
 * authentication, which is how Langfuse's SDK sends its secret key.
 */
export function tokensOf(headers: IncomingHttpHeaders): string[] {
  const own = proxyTokensOf(headers)
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(.+)$/i.exec(headers.authorization ?? '') ?? []
  const authorization = scheme.toLowerCase() === 'basic' ? passwordOf(credentials) : credentials
  return [...own, authorization].filter((token) => token !== '')
}

/** The same of a request through the proxy, whose `Authorization` goes on to the upstream: ours must not be in it. */
export function proxyTokensOf(headers: IncomingHttpHeaders): string[] {
  const own = headers[TOKEN_HEADER]
  return typeof own === 'string' ? [own] : []
}

/** The bearer token of a request to the management API. */
export function bearerTokenOf(headers: IncomingHttpHeaders): string {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

/** What comes after the first colon (RFC 7617, section 2). */
function passwordOf(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? '' : text.slice(colon + 1)
}

export const NEEDS_APP_TOKEN: Refusal = {
  status: 401,
  reason: 'token',
  message:
    'This console demands a token from apps; its settings show it. Send it as "Authorization: Bearer …", ' +
    'through the proxy as "x-llmops-token".',
  headers: { 'www-authenticate': 'Bearer' },
}
