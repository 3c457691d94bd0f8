/**
 * What is wrong with the address of a webhook, or null. Two readers must not find two different hosts in it, so what a
 * URL parser would put right silently (backslashes, missing slashes, blanks) is refused. Whether it leads to a private
 * address is seen when it is connected to: a name may lead elsewhere by then.
 */
export function webhookUrlProblem(text: string): string | null {
  if (!/^https?:\/\/[^/]/i.test(text)) return 'must start with http:// or https:// and a host'
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) return 'must be a URL in printable ASCII'
  const [authority = ''] = text.replace(/^https?:\/\//i, '').split(/[/?#]/, 1)
  if (authority.includes('@')) return 'must not hold credentials'
  return URL.canParse(text) ? null : 'must be a URL'
}
