import type { NotificationReason } from '#shared/contract/alerts/notification-reasons.ts'
import type { Reason } from './channel-sender.ts'
import { oneLine, shorten } from '../wording/one-line.ts'

const DETAIL_LENGTH = 200

/**
 * A reason with what the other side said: one line of text, short, and without the secrets that were sent to it.
 *
 * @param secrets what must not be in it, even if the other side repeats it.
 */
export function reasonWith(code: NotificationReason, said: string, secrets: readonly string[] = []): Reason {
  const clean = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '•••'), oneLine(said))
  return clean === '' ? code : `${code}: ${shorten(clean, DETAIL_LENGTH)}`
}
