import type { ChannelSender } from './channel-sender.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shorten } from '../wording/one-line.ts'
import { WORDS } from '../wording/words.ts'

/** What can be done from a notification, where the platform lets it have buttons. */
export type NotificationAction = 'acknowledge' | 'mute'

export interface SystemNotification {
  id: string
  title: string
  body: string
  /** What it is about, and a click opens: the record if it is one, else the list of them. Empty: a test. */
  recordIds: string[]
  ruleId: string
  isSilent: boolean
  actions: { action: NotificationAction; label: string }[]
}

/** The operating system's notifications, as the shell has them. */
export interface SystemNotifier {
  isSupported(): boolean
  show(notification: SystemNotification): Promise<'shown' | 'unsupported'>
}

// Desktops cut what is longer; a few lines are read.
const TITLE_LENGTH = 200
const BODY_LENGTH = 1_000

/**
 * Notifications of the operating system. Where there are none, the record in the app is what remains, and the
 * notification says so: `suppressed`, `unsupported`.
 *
 * @param isSoundOn asked at each notification.
 */
export function osSender(notifier: SystemNotifier | undefined, isSoundOn: () => boolean): ChannelSender {
  return {
    async send(message, context) {
      if (!notifier?.isSupported()) return { outcome: 'suppressed', reason: 'unsupported' }
      const text = describeMessage(message, context)
      const words = WORDS[context.language]
      const isTest = message.event === 'test'
      const canAct = !isTest && message.event !== 'resolved'
      const shown = await notifier.show({
        id: message.deliveryId,
        title: shorten(text.title, TITLE_LENGTH),
        body: shorten(bodyLines(text).join('\n'), BODY_LENGTH),
        recordIds: isTest ? [] : message.records.map((record) => record.id),
        ruleId: message.rule.id,
        isSilent: !isSoundOn(),
        actions: canAct
          ? [
              { action: 'acknowledge', label: words.acknowledge },
              { action: 'mute', label: words.mute },
            ]
          : [],
      })
      return shown === 'shown' ? { outcome: 'sent' } : { outcome: 'suppressed', reason: 'unsupported' }
    },
  }
}
