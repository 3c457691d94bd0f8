import { Notification } from 'electron'
import type { NotificationAction, SystemNotification, SystemNotifier } from '../console.ts'

export interface NotifierHandlers {
  /** It was clicked. */
  onOpen(notification: SystemNotification): void
  /** One of its buttons was. */
  onAction(action: NotificationAction, notification: SystemNotification): void
}

/** A desktop that has not shown it by then has nothing that shows it. */
const SHOW_TIMEOUT_MS = 3_000
/** So many can still be clicked: Electron forgets a notification that nobody holds. */
const HELD = 100

/** The notifications of the desktop. Buttons are shown where the platform has them. */
export function createSystemNotifier(handlers: NotifierHandlers): SystemNotifier {
  const held = new Map<string, Notification>()

  const hold = (id: string, notification: Notification): void => {
    held.set(id, notification)
    const [oldest] = held.keys()
    if (held.size > HELD && oldest !== undefined) held.delete(oldest)
  }

  return {
    isSupported: () => Notification.isSupported(),
    show(given) {
      const notification = new Notification({
        title: given.title,
        body: process.platform === 'linux' ? withoutMarkup(given.body) : given.body,
        silent: given.isSilent,
        actions: given.actions.map(({ label }) => ({ type: 'button', text: label })),
      })
      hold(given.id, notification)
      notification.on('close', () => held.delete(given.id))
      notification.on('click', () => handlers.onOpen(given))
      notification.on('action', (_event, index) => {
        const pressed = given.actions[index]
        if (pressed) handlers.onAction(pressed.action, given)
      })
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve('unsupported'), SHOW_TIMEOUT_MS)
        const settle = (result: 'shown' | 'unsupported') => {
          clearTimeout(timer)
          resolve(result)
        }
        notification.once('show', () => settle('shown'))
        notification.once('failed', () => settle('unsupported'))
        notification.show()
      })
    },
  }
}

/**
 * Desktops of Linux read the body as markup, with links and pictures, and Electron hands it on as it is. Not all of them
 * read entities: likenesses are right everywhere.
 * https://specifications.freedesktop.org/notification-spec/latest/markup.html
 */
function withoutMarkup(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '＆')
}
