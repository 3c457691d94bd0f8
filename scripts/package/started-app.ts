/** An application of Electron that was started as a user starts it, and is watched through its page alone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from '@playwright/test'
import { chromium } from '@playwright/test'

export interface StartedApp {
  pid: number
  page: Page
  browser: Browser
  /** Milliseconds since the epoch, a moment before the process was made. */
  startedAt: number
  /** Lines of its standard error. */
  said: string[]
  /** Ends it as a session does that ends, and gives its exit code. */
  quit: () => Promise<number | null>
}

export interface AppToStart {
  executable: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  /** Someone else than root, for whom Chromium has no sandbox. */
  user?: { uid: number; gid: number } | undefined
}

const START_TIMEOUT_MS = 60_000
const QUIT_TIMEOUT_MS = 30_000

/** Starts it and attaches to its page. Fuses keep debuggers out of its main process; a page's port can still be had. */
export async function startApp({ executable, args, env, user }: AppToStart): Promise<StartedApp> {
  const startedAt = Date.now()
  const child = spawn(executable, ['--remote-debugging-port=0', ...args], {
    env,
    ...user,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  const said: string[] = []
  const address = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no page:\n${said.join('\n')}`)), START_TIMEOUT_MS)
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const [, found] = /^DevTools listening on (\S+)$/.exec(line) ?? []
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
    exited.then(() => reject(new Error(`it ended:\n${said.join('\n')}`)), reject)
  })
  const end = async () => {
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), QUIT_TIMEOUT_MS)
    await exited
    clearTimeout(kill)
    return child.exitCode
  }
  try {
    const browser = await chromium.connectOverCDP(await address)
    const [context] = browser.contexts()
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
    if (page === undefined || child.pid === undefined) throw new Error('it has no page')
    return {
      pid: child.pid,
      page,
      browser,
      startedAt,
      said,
      async quit() {
        await browser.close()
        return end()
      },
    }
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null) await end()
    throw error
  }
}

/** Until the first frame with content was on screen, from the process's beginning. */
export async function firstPaintMs({ page, startedAt }: StartedApp): Promise<number> {
  for (;;) {
    const paintedAt = await page.evaluate<number | null>(
      `(() => {
        const [paint] = performance.getEntriesByName('first-contentful-paint')
        return paint === undefined ? null : performance.timeOrigin + paint.startTime
      })()`,
    )
    if (paintedAt !== null) return paintedAt - startedAt
    await delay(20)
  }
}

export interface ProcessFigures {
  pid: number
  /** `renderer`, `gpu-process`, `utility`, `zygote`; `main` for the first. */
  kind: string
  /** What it alone holds in memory, and, if it can be seen, its part of what it shares. */
  memoryBytes: number
  cpuMs: number
  isFiltered: boolean
  hasNoNewPrivileges: boolean
  args: string[]
}

const CLOCK_TICK_MS = 10

/** A process and those that come of it, as Linux knows them. */
export function processFigures(root: number): ProcessFigures[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const fields = statOf(Number(name))
        return fields === undefined ? [] : [[Number(name), Number(fields[1])] as const]
      }),
  )
  const isOfRoot = (pid: number): boolean => {
    if (pid === root) return true
    const parent = parents.get(pid)
    return parent !== undefined && isOfRoot(parent)
  }
  return [...parents.keys()].filter(isOfRoot).flatMap((pid) => figuresOf(pid, root) ?? [])
}

function figuresOf(pid: number, root: number): ProcessFigures | undefined {
  try {
    // Chromium writes the command line of what it forks anew, with spaces.
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/).filter(Boolean)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const fields = statOf(pid)
    if (fields === undefined) return undefined
    const flag = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1])
    return {
      pid,
      kind: pid === root ? 'main' : (args.find((arg) => arg.startsWith('--type='))?.slice(7) ?? 'other'),
      memoryBytes: (proportionalKiB(pid) ?? flag('RssAnon')) * 1024,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS,
      isFiltered: flag('Seccomp') === 2,
      hasNoNewPrivileges: flag('NoNewPrivs') === 1,
      args,
    }
  } catch {
    return undefined // It has ended meanwhile.
  }
}

/** Nobody but root sees that of a sandboxed process. */
function proportionalKiB(pid: number): number | undefined {
  try {
    return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

/** The fields of `/proc/<pid>/stat` that follow the name: state, parent, … */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined // It has ended meanwhile.
  }
}
