import { LIMITS } from '#shared/limits.ts'

/** The scheme of links that open the console on this machine. */
export const APP_LINK_SCHEME = 'llmops'

/** No link of ours is longer. */
const MAX_LENGTH = 2_000
const LINK = new RegExp(`^${APP_LINK_SCHEME}:/{2,3}([a-z]+(?:/[^/?#\\s]+)*)/?(?:\\?([^#\\s]*))?$`)
/** As uuid and the like have them. */
const RECORD_ID = /^[A-Za-z0-9_-]{1,64}$/
const RANGE = /^(?:15m|1h|6h|24h|7d|30d)$/
const EPOCH_MS = /^\d{1,15}$/
/** What the dashboard can be narrowed down by, as its address has them. */
const LABELS = ['app', 'model', 'provider', 'appType', 'environment', 'userId']

/**
 * The page that a link leads to: a call, an alert, the feedback, the dashboard with its filters. A link may come from
 * anywhere, a web page too, so it shows what is there and does nothing, and one that is not exactly as ours are leads
 * nowhere.
 *
 * @returns the page's path, or undefined.
 */
export function readAppLink(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [, path, query] = LINK.exec(text) ?? []
  if (path === undefined) return undefined
  const [page, ...rest] = path.split('/')
  if (page === 'dashboard' && rest.length === 0) return dashboard(query)
  if (query !== undefined) return undefined
  if (page === 'calls') return call(rest)
  if (page === 'alerts') return alert(rest)
  return page === 'feedback' && rest.length === 0 ? '/feedback' : undefined
}

/** `calls/{request id}`; the id is the app's, and may hold anything. */
function call([encoded, ...more]: string[]): string | undefined {
  if (encoded === undefined) return '/calls'
  const id = decode(encoded)
  return more.length === 0 && id !== undefined ? `/calls/${encodeURIComponent(id)}` : undefined
}

/** `alerts`, `alerts/{id}`; notifications write `alerts/records/{id}`. */
function alert([first, ...rest]: string[]): string | undefined {
  const [id, ...more] = first === 'records' ? rest : [first, ...rest]
  if (id === undefined) return '/alerts/records'
  // What else there is below alerts is no record, and changes things.
  const isPage = ['rules', 'silences', 'channels'].includes(id)
  return more.length === 0 && !isPage && RECORD_ID.test(id) ? `/alerts/records/${id}` : undefined
}

/** `dashboard?range=24h&app=…`, or `from=` and `to=` in epoch ms. */
function dashboard(query = ''): string | undefined {
  const given = query === '' ? [] : query.split('&')
  const kept = new URLSearchParams()
  for (const pair of given) {
    const [name = '', encoded = '', ...more] = pair.split('=')
    const value = decode(encoded.replaceAll('+', ' '))
    if (value === undefined || more.length > 0 || kept.has(name) || !isFilter(name, value)) return undefined
    kept.set(name, value)
  }
  const isWhole = kept.has('from') === kept.has('to') && !(kept.has('from') && kept.has('range'))
  if (!isWhole) return undefined
  return kept.size === 0 ? '/dashboard' : `/dashboard?${kept.toString().replaceAll('+', '%20')}`
}

function isFilter(name: string, value: string): boolean {
  if (name === 'range') return RANGE.test(value)
  return name === 'from' || name === 'to' ? EPOCH_MS.test(value) : LABELS.includes(name)
}

/** @returns undefined: not encoded as it should be, too long, or with what no name holds. */
function decode(encoded: string): string | undefined {
  try {
    const text = decodeURIComponent(encoded)
    const isName = text !== '' && text.length <= LIMITS.nameLength && !/\p{Cc}/u.test(text)
    // The router would read these as a way up.
    return isName && text !== '.' && text !== '..' ? text : undefined
  } catch {
    return undefined
  }
}
