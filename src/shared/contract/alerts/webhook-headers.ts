/** Headers that belong to the connection, to the body, or to the console. */
const TAKEN = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const TAKEN_PREFIXES = ['proxy-', 'x-llmops-']

// RFC 9110, section 5.5, without what is not ASCII: no line break can get in.
const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/** What is wrong with headers that a user wants sent, or null. */
export function webhookHeadersProblem(headers: Record<string, string>): string | null {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const taken = names.find(
    (name) => TAKEN.has(name) || TAKEN_PREFIXES.some((start) => name.startsWith(start)),
  )
  if (taken !== undefined) return `must not set ${taken}`
  if (new Set(names).size < names.length) return 'must not name a header twice'
  if (!Object.values(headers).every((value) => HEADER_VALUE.test(value)))
    return 'must hold printable ASCII only'
  return null
}
