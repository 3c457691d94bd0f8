/**
 * Starts a helper process (X server, message bus, notification daemon) that ends when we end, even by kill -9:
 * a small shell beside it holds the reading end of a pipe from us, and ends the helper when the pipe closes.
 * The helper is in a session of its own, so that Ctrl-C in the terminal reaches the app first and not its display.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from './failure.ts'

export interface BoundProcess {
  /** The first line that the helper wrote to file descriptor 3; empty if it was not asked to. */
  announcement: string
  /** Ends the helper and waits until it has gone. May be called more than once. */
  stop: () => Promise<void>
}

export interface BoundProcessOptions {
  env?: NodeJS.ProcessEnv
  /** Waits for a line on file descriptor 3 (Xvfb -displayfd 3, dbus-daemon --print-address=3). */
  announces?: boolean
  /** Whom it runs as; only root can choose. */
  user?: ProcessUser | undefined
}

export interface ProcessUser {
  uid: number
  gid: number
}

const watcher = `
"$@" & child=$!
exec 3>&-
read -r _
kill "$child" 2>/dev/null
wait "$child"
`
const announcementTimeoutMs = 15_000
const stopTimeoutMs = 3_000

export async function startBoundProcess(
  command: string,
  args: readonly string[],
  { env = process.env, announces = false, user }: BoundProcessOptions = {},
): Promise<BoundProcess> {
  const child = spawn('/bin/sh', ['-c', watcher, 'sh', command, ...args], {
    detached: true,
    env,
    ...user,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000)
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.ref()
    child.stdin?.end()
    await Promise.race([exited, delay(stopTimeoutMs, undefined, { ref: false })])
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    process.kill(-child.pid, 'SIGKILL')
    await exited
  }

  const channel = child.stdio[3]
  let announcement = ''
  if (announces && channel instanceof Socket) {
    announcement = await firstLine(channel)
    if (announcement === '') {
      await stop()
      throw new Failure(`${command} did not start: ${complaints.trim() || 'it said nothing'}`)
    }
  }
  // None of this may keep our own process from ending.
  child.unref()
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref()
  return { announcement, stop }
}

/** Empty if the other side closes, or stays silent for too long. */
async function firstLine(channel: Socket): Promise<string> {
  const timer = setTimeout(() => channel.destroy(), announcementTimeoutMs)
  let text = ''
  try {
    for await (const chunk of channel.setEncoding('utf8')) {
      text += String(chunk)
      if (text.includes('\n')) break
    }
  } catch {
    return '' // Destroyed by the timer.
  } finally {
    clearTimeout(timer)
  }
  return text.includes('\n') ? text.slice(0, text.indexOf('\n')) : ''
}
