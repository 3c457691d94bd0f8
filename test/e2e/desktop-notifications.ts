import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface DesktopNotification {
  title: string
  body: string
}

export interface NotificationReader {
  received: DesktopNotification[]
  close: () => Promise<void>
}

/** Reads what applications ask the desktop to show, from the session bus, until it is closed. */
export async function readDesktopNotifications(): Promise<NotificationReader> {
  const filter = "interface='org.freedesktop.Notifications',member='Notify'"
  const monitor = spawn('dbus-monitor', ['--session', filter], { stdio: ['ignore', 'pipe', 'inherit'] })
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
    async close() {
      monitor.kill()
      await once(monitor, 'exit')
    },
  }
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
