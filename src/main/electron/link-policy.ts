/**
 * Whether an address is one of our pages. Origins are compared as text, because to Node those of schemes that it does not
 * know are all `null`.
 *
 * @param pageOrigin `app://console`, without a slash.
 */
export function isOurPage(url: string, pageOrigin: string): boolean {
  return url === pageOrigin || url.startsWith(`${pageOrigin}/`)
}

/**
 * The address to hand to the browser for a link on a page, whose text may be an app's: https and nothing else, because
 * other schemes start other programs.
 *
 * @returns undefined if it leads nowhere.
 */
export function outsideLink(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, username, password, href } = new URL(url)
  return protocol === 'https:' && username === '' && password === '' ? href : undefined
}
