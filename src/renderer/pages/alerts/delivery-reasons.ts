import type { NotificationReason } from '#shared/contract/alerts/notification-reasons.ts'

/** The console's own reasons, in the user's words. */
const REASONS: ReadonlyMap<string, string> = new Map<
  NotificationReason | 'silenced' | 'quiet-hours' | 'firing-not-delivered',
  string
>([
  ['silenced', 'alerts.reason.silenced'],
  ['quiet-hours', 'alerts.reason.quietHours'],
  ['firing-not-delivered', 'alerts.reason.firingNotDelivered'],
  ['channel-disabled', 'alerts.reason.channelDisabled'],
  ['channel-removed', 'alerts.reason.channelRemoved'],
  ['unsupported', 'alerts.reason.unsupported'],
  ['network', 'alerts.reason.network'],
  ['timeout', 'alerts.reason.timeout'],
  ['answer', 'alerts.reason.answer'],
  ['interrupted', 'alerts.reason.interrupted'],
  ['secret-lost', 'alerts.reason.secretLost'],
  ['refused', 'alerts.reason.refused'],
  ['private-address', 'alerts.reason.privateAddress'],
  ['redirect', 'alerts.reason.redirect'],
  ['certificate', 'alerts.reason.certificate'],
  ['no-encryption', 'alerts.reason.noEncryption'],
  ['login', 'alerts.reason.login'],
  ['too-old', 'alerts.reason.tooOld'],
  ['failed', 'alerts.reason.failed'],
])

/**
 * Reads why a notification was not sent.
 *
 * @param reason a code, and behind a colon what the other side said.
 * @returns the key of the message, and the other side's words, '' if there are none.
 */
export function readReason(reason: string): { key: string; said: string } {
  const end = reason.indexOf(':')
  const code = end < 0 ? reason : reason.slice(0, end)
  const key = REASONS.get(code)
  return key === undefined
    ? { key: 'alerts.reason.failed', said: reason }
    : { key, said: end < 0 ? '' : reason.slice(end + 1).trim() }
}
