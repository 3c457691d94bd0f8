import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/**
 * Headers that let a page read an answer (Fetch Standard, "CORS protocol"); none for a program. Only for a request that
 * the door let in: then its origin is one that the user allowed.
 */
export function originHeaders({ origin }: IncomingHttpHeaders): Record<string, string> {
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after',
    vary: 'origin',
  }
}

/** Sets them. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(originHeaders(request.headers))) response.setHeader(name, value)
}

/** The answer to what a browser asks before it sends a request with a token. */
export function preflightHeaders(
  headers: IncomingHttpHeaders,
  methods: readonly string[],
): Record<string, string> {
  return {
    ...originHeaders(headers),
    'access-control-allow-methods': methods.join(', '),
    // Whatever an app's SDK sends goes to an app's door only.
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    ...(headers['access-control-request-private-network'] === 'true'
      ? { 'access-control-allow-private-network': 'true' }
      : {}),
    vary: 'origin, access-control-request-headers',
  }
}

export function isPreflight({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  )
}
