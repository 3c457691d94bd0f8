/**
 * A private D-Bus session bus, optionally with the notification daemon dunst on a display: what a desktop
 * session has and a container has not. Desktop notifications need both.
 */
import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startBoundProcess, type BoundProcess, type ProcessUser } from './bound-process.ts'
import { Failure } from './failure.ts'

export interface SessionBus {
  /** The value for DBUS_SESSION_BUS_ADDRESS. */
  address: string
  stop: () => Promise<void>
}

export interface SessionBusOptions {
  /** Runs dunst on this display (`:99`), so that notifications are accepted. */
  display?: string
  /** Whose session it is; only root can choose. The user's home is given with it. */
  user?: ProcessUser | undefined
  home?: string
}

const readyTimeoutMs = 10_000
const pollMs = 50

export async function startSessionBus({ display, user, home }: SessionBusOptions = {}): Promise<SessionBus> {
  const args = ['--session', '--nofork', '--nopidfile', '--print-address=3']
  const own = { ...process.env, ...(home === undefined ? {} : { HOME: home }) }
  const bus = await startBoundProcess('dbus-daemon', args, { announces: true, env: own, user })
  const address = bus.announcement
  if (display === undefined) return { address, stop: bus.stop }

  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: display }
  const dunst = await startBoundProcess('dunst', [], { env, user })
  const stop = async () => {
    await dunst.stop()
    await bus.stop()
  }
  await waitForNotifications(env, user, stop)
  return { address, stop }
}

async function waitForNotifications(
  env: NodeJS.ProcessEnv,
  user: ProcessUser | undefined,
  stop: BoundProcess['stop'],
): Promise<void> {
  const call = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
  ]
  const name = 'string:org.freedesktop.Notifications'
  for (const deadline = Date.now() + readyTimeoutMs; Date.now() < deadline; await delay(pollMs)) {
    const { stdout } = await promisify(execFile)('dbus-send', [...call, name], { env, ...user })
    if (stdout.includes('boolean true')) return
  }
  await stop()
  throw new Failure('dunst is running but does not answer on the session bus.')
}
