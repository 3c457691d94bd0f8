import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import * as z from 'zod'

const root = join(import.meta.dirname, '..', '..')
const READY_TIMEOUT_MS = 60_000

/** The line that a console prints when it takes requests. */
const readyLineSchema = z.strictObject({
  ready: z.literal(true),
  url: z.string(),
  token: z.string(),
  dataDir: z.string(),
  pid: z.int(),
})

export interface HeadlessProcess {
  child: ChildProcess
  /** The first line of stdout, parsed; rejects when the process ends without one. */
  ready: Promise<z.infer<typeof readyLineSchema>>
  /** Settles when the process has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  stdout: () => string
  stderr: () => string
}

export interface HeadlessOptions {
  args?: readonly string[]
  env?: Record<string, string>
  /** A command that runs the console, such as `unshare`; the console's own command line is appended. */
  wrapper?: readonly string[]
}

/** Runs the console without a window as a process of its own, which ends with the test if not before. */
export function startHeadless({ args = [], env = {}, wrapper = [] }: HeadlessOptions): HeadlessProcess {
  const [command = process.execPath, ...commandArgs] = [
    ...wrapper,
    process.execPath,
    join(root, 'src', 'main', 'headless.ts'),
    ...args,
  ]
  const child = spawn(command, commandArgs, {
    cwd: root,
    // Nothing of the tester's own settings.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
    child.on('error', reject)
  })
  const ready = (async () => {
    const lines = createInterface({ input: child.stdout })
    const line = once(lines, 'line', { signal: AbortSignal.timeout(READY_TIMEOUT_MS) })
    const first = await Promise.race([line, ended])
    if (!Array.isArray(first))
      throw new Error(`the console ended with ${first.code ?? first.signal}: ${stderr}`)
    return readyLineSchema.parse(JSON.parse(String(first[0])))
  })()
  // A test that expects the start to fail looks at `ended`.
  ready.catch(() => undefined)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, ready, ended, stdout: () => stdout, stderr: () => stderr }
}
