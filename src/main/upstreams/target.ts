import { urlToHttpOptions } from 'node:url'
import type { Upstream } from '#shared/contract/upstreams.ts'

/** Where a request to the proxy goes. */
export interface ProxyTarget {
  protocol: 'http:' | 'https:'
  hostname: string
  port: number
  /** As sent to the upstream: the base URL's path, then the caller's, then its query. */
  path: string
  /** What the caller put behind the upstream's name, without the query: what tells a chat from a list of models. */
  endpoint: string
}

export type TargetResult = { ok: true; target: ProxyTarget } | { ok: false; message: string }

/** Where the proxy's paths begin. */
const PROXY_PATH = '/proxy/'
// RFC 3986, section 3.3: the characters of a path. No backslash, no control character, nothing beyond ASCII.
const PATH = /^(?:\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*)?$/
const QUERY = /^[\x21-\x7e]*$/
/** As often as an upstream and what stands before it may decode a path. */
const DECODINGS = 3

/**
 * Joins an upstream's base URL with what the caller wants there. Scheme, host and port come from the base URL alone and
 * are never parsed out of a string that the caller has a part in. The path cannot climb out of the base URL's: dot
 * segments are refused, however they are encoded.
 *
 * @param rest the request target behind `/proxy/{upstream}`: empty, or a path, with or without a query.
 */
export function readTarget(upstream: Upstream, rest: string): TargetResult {
  const queryStart = rest.indexOf('?')
  const endpoint = queryStart === -1 ? rest : rest.slice(0, queryStart)
  const query = queryStart === -1 ? '' : rest.slice(queryStart)
  if (!PATH.test(endpoint) || !QUERY.test(query) || query.includes('#')) {
    return { ok: false, message: 'The path behind the upstream holds characters that a path cannot have.' }
  }
  if (endpoint.startsWith('//')) {
    return { ok: false, message: 'The path behind the upstream must not start with two slashes.' }
  }
  if (climbs(endpoint)) {
    return { ok: false, message: 'The path behind the upstream must not hold dot segments or backslashes.' }
  }
  const base = new URL(upstream.baseUrl)
  const { hostname } = urlToHttpOptions(base)
  const isSecure = base.protocol === 'https:'
  return {
    ok: true,
    target: {
      protocol: isSecure ? 'https:' : 'http:',
      hostname: hostname ?? '',
      port: base.port === '' ? (isSecure ? 443 : 80) : Number(base.port),
      path: (basePath(base) + endpoint || '/') + query,
      endpoint,
    },
  }
}

/** Whether a path, decoded as often as anyone may decode it, holds dot segments, backslashes or control characters. */
function climbs(path: string): boolean {
  // An escape that is none, or bytes that are not UTF-8: readers differ in what they make of those.
  if (!isDecodable(path)) return true
  let decoded = path
  for (let round = 0; round <= DECODINGS; round += 1) {
    // eslint-disable-next-line no-control-regex -- these are what it looks for
    if (/[\\\x00-\x1f\x7f]/.test(decoded)) return true
    if (decoded.split('/').some((segment) => segment === '.' || segment === '..')) return true
    const next = decoded.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (next === decoded) return false
    decoded = next
  }
  return true
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    // A malformed escape.
    return false
  }
}

/**
 * Where a redirect of the upstream leads a caller of the proxy. The proxy follows none: that would send the caller's
 * key wherever the answer says. One that stays below the base URL is rewritten to lead through the proxy again; any
 * other is handed on as an absolute URL, so that the caller decides as it would without the proxy, and a relative one
 * cannot come to mean a path of this collector.
 *
 * @param location the header as the upstream sent it.
 * @returns undefined for one that is no URL: it is left out.
 */
export function rewriteLocation(
  upstream: Upstream,
  target: ProxyTarget,
  location: string,
): string | undefined {
  const base = new URL(upstream.baseUrl)
  const request = base.origin + target.path
  if (!URL.canParse(location, request)) return undefined
  const url = new URL(location, request)
  const prefix = basePath(base)
  const isInside =
    url.origin === base.origin &&
    url.username === '' &&
    url.password === '' &&
    (url.pathname === prefix || url.pathname.startsWith(`${prefix}/`))
  if (!isInside) return url.href
  return PROXY_PATH + upstream.name + url.pathname.slice(prefix.length) + url.search + url.hash
}

function basePath(base: URL): string {
  return base.pathname.replace(/\/+$/, '')
}
