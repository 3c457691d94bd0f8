import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

export interface DesktopNotification {
  title: string
  body: string
}

export interface NotificationReader {
  received: DesktopNotification[]
  /** Clicks the one that came last. */
  click: () => Promise<void>
  close: () => Promise<void>
}

/**
 * Reads what applications ask the desktop to show, from the session bus, until it is closed. What was shown before is
 * closed: the desktop is dunst.
 *
 * @param user whose session it is, if it is not ours: nobody else is let onto its bus, not even root.
 */
export async function readDesktopNotifications(user?: {
  uid: number
  gid: number
}): Promise<NotificationReader> {
  await tellDunst(user, 'NotificationCloseAll')
  const filter = "interface='org.freedesktop.Notifications',member='Notify'"
  const monitor = spawn('dbus-monitor', ['--session', filter], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  })
  const received: DesktopNotification[] = []
  let output = ''
  monitor.stdout.setEncoding('utf8')
  monitor.stdout.on('data', (text: string) => {
    output += text
    received.splice(0, Infinity, ...parseNotifyCalls(output))
  })
  // It says first that it has a name on the bus, and no more.
  await once(monitor.stdout, 'data')
  return {
    received,
    click: () => tellDunst(user, 'NotificationAction', 'uint32:0'),
    async close() {
      monitor.kill()
      await once(monitor, 'exit')
    },
  }
}

async function tellDunst(
  user: { uid: number; gid: number } | undefined,
  method: string,
  ...args: string[]
): Promise<void> {
  const dunst = ['--print-reply', '--dest=org.freedesktop.Notifications', '/org/freedesktop/Notifications']
  await promisify(execFile)('dbus-send', [...dunst, `org.dunstproject.cmd0.${method}`, ...args], { ...user })
}

/** The whole calls in the output of dbus-monitor. Arguments: name, id, icon, summary, body, actions, hints, timeout. */
function parseNotifyCalls(output: string): DesktopNotification[] {
  return output
    .split(/^method call .*member=Notify$/m)
    .slice(1)
    .flatMap((call) => {
      if (!/^ {3}int32 -?\d+$/m.test(call)) return []
      const [, , title = '', body = ''] = [...call.matchAll(/^ {3}string "([\s\S]*?)"$/gm)].map(
        ([, text]) => text,
      )
      return [{ title, body }]
    })
}
