/**
 * A private D-Bus session bus, optionally with the notification daemon dunst on a display: what a desktop
 * session has and a container has not. Desktop notifications need both.
 */
import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startBoundProcess, type BoundProcess } from './bound-process.ts'
import { Failure } from './failure.ts'

export interface SessionBus {
  /** The value for DBUS_SESSION_BUS_ADDRESS. */
  address: string
  stop: () => Promise<void>
}

export interface SessionBusOptions {
  /** Runs dunst on this display (`:99`), so that notifications are accepted. */
  display?: string
}

const readyTimeoutMs = 10_000
const pollMs = 50

export async function startSessionBus({ display }: SessionBusOptions = {}): Promise<SessionBus> {
  const args = ['--session', '--nofork', '--nopidfile', '--print-address=3']
  const bus = await startBoundProcess('dbus-daemon', args, { announces: true })
  const address = bus.announcement
  if (display === undefined) return { address, stop: bus.stop }

  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: display }
  const dunst = await startBoundProcess('dunst', [], { env })
  const stop = async () => {
    await dunst.stop()
    await bus.stop()
  }
  await waitForNotifications(env, stop)
  return { address, stop }
}

async function waitForNotifications(env: NodeJS.ProcessEnv, stop: BoundProcess['stop']): Promise<void> {
  const call = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
  ]
  const name = 'string:org.freedesktop.Notifications'
  for (const deadline = Date.now() + readyTimeoutMs; Date.now() < deadline; await delay(pollMs)) {
    const { stdout } = await promisify(execFile)('dbus-send', [...call, name], { env })
    if (stdout.includes('boolean true')) return
  }
  await stop()
  throw new Failure('dunst is running but does not answer on the session bus.')
}
