/** Names and values in turn, as Node gives and takes them. */
type RawHeaders = readonly string[]

// RFC 9110, section 7.6.1, and those that some senders still use: they are about one connection, not the message.
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Headers by which a caller labels its call; none of them leaves this machine. */
const LABEL_PREFIX = 'x-llmops-'
// A page's origin was ours to check: vendors refuse requests from pages, and the key is not the page's to show.
const OURS = new Set(['host', 'expect', 'origin'])

/**
 * What goes on to the upstream of a caller's headers: everything that is meant for it, keys and cookies included. `Host`
 * is the upstream's own. `Expect` has been answered when a request is here. `Via` is not added: this is the caller's own
 * machine, and some servers stop compressing when they see it.
 */
export function requestHeaders(raw: RawHeaders): Map<string, string[]> {
  return collect(raw, (name) => OURS.has(name) || name.startsWith(LABEL_PREFIX))
}

/**
 * What goes back to the caller of an upstream's headers: everything but what is about the connection.
 *
 * @param rewriteLocation what becomes of `Location`; undefined leaves it out.
 * @param own headers in place of the upstream's.
 */
export function answerHeaders(
  raw: RawHeaders,
  rewriteLocation: (location: string) => string | undefined,
  own: Record<string, string>,
): Map<string, string[]> {
  const headers = collect(raw, (name) => Object.hasOwn(own, name))
  for (const [name, value] of Object.entries(own)) headers.set(name, [value])
  const locations = headers.get('location')?.flatMap((location) => rewriteLocation(location) ?? [])
  if (locations?.length === 0) headers.delete('location')
  else if (locations) headers.set('location', locations)
  return headers
}

function collect(raw: RawHeaders, isDropped: (name: string) => boolean): Map<string, string[]> {
  const all: [name: string, value: string][] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    all.push([(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? ''])
  }
  // A sender names in Connection what else is for the next hop only.
  const named = new Set(
    all
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.split(','))
      .map((name) => name.trim().toLowerCase()),
  )
  const headers = new Map<string, string[]>()
  for (const [name, value] of all) {
    if (HOP_BY_HOP.has(name) || named.has(name) || isDropped(name)) continue
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  return headers
}

/** As Node takes them where repeated headers must stay apart. */
export function toRawHeaders(headers: ReadonlyMap<string, readonly string[]>): string[] {
  return [...headers].flatMap(([name, values]) => values.flatMap((value) => [name, value]))
}
