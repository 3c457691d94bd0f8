/** The scheme of links in notifications, which open the console on the machine that sent them. */
export const APP_LINK_SCHEME = 'llmops'

const LINK = new RegExp(`^${APP_LINK_SCHEME}:/{2,3}(alerts/records(?:/[A-Za-z0-9_-]{1,64})?)/?$`)

/**
 * The page that a link leads to. A link may come from anywhere, so it leads to a record or to their list, and to nothing
 * else.
 *
 * @returns the page's path, or undefined.
 */
export function readAppLink(text: string): string | undefined {
  const path = LINK.exec(text)?.[1]
  return path && `/${path}`
}
