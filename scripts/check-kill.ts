/**
 * Proves that nothing acknowledged is lost: kills the console (SIGKILL) again and again while a client posts calls and
 * retries what was not acknowledged, then compares what was answered 2xx with what the database holds.
 *
 *   npm run check:kill                      20 kills of the headless console, 2,000 calls a second
 *   npm run check:kill -- --kills 200       more of them
 *   npm run check:kill -- --app             the desktop application instead (needs a display, or Xvfb)
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import { ensureBuild } from './build.ts'
import { resolveElectron } from './electron-runtime.ts'
import { startVirtualDisplay } from './virtual-display.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    rate: { type: 'string', default: '2000' },
    app: { type: 'boolean', default: false },
  },
})
const KILLS = Number(values.kills)
const CALLS_PER_SECOND = Number(values.rate)
const BATCH = 10
const LIFE_MS = { least: 300, most: 1_500 }
const READY_TIMEOUT_MS = 30_000
/** An answer that does not come in this time counts as none. */
const ANSWER_TIMEOUT_MS = 5_000
const TOKENS = { input: 7, output: 3 }

const projectRoot = join(import.meta.dirname, '..')
const dataDir = mkdtempSync(join(tmpdir(), 'llmops-check-kill-'))
const port = await freePort()
const url = `http://127.0.0.1:${port}`
const launch = values.app ? await appLauncher() : headlessLauncher()

const acknowledged = new Set<string>()
let isSending = true
let sent = 0
let retries = 0

process.stdout.write(
  `${KILLS} kills of the ${values.app ? 'desktop application' : 'headless console'}, ${CALLS_PER_SECOND} calls/s, data in ${dataDir}\n`,
)
let target = launch.start()
await waitUntilReady(target)
const sending = sendCalls()
const readyTimesMs: number[] = []
for (let kill = 1; kill <= KILLS; kill += 1) {
  await sleep(LIFE_MS.least + Math.random() * (LIFE_MS.most - LIFE_MS.least))
  const ended = once(target, 'exit')
  target.kill('SIGKILL')
  await ended
  const startedAt = performance.now()
  target = launch.start()
  await waitUntilReady(target)
  readyTimesMs.push(performance.now() - startedAt)
  process.stdout.write(`kill ${kill}/${KILLS}: ready again in ${Math.round(readyTimesMs.at(-1) ?? 0)} ms\n`)
}
isSending = false
await sending
const ended = once(target, 'exit')
target.kill('SIGTERM')
await ended
await launch.stop()

const problems = inspect()
readyTimesMs.sort((a, b) => a - b)
process.stdout.write(
  `sent ${sent}, retried ${retries} requests, acknowledged ${acknowledged.size}; ` +
    `ready again: median ${Math.round(readyTimesMs[Math.floor(readyTimesMs.length / 2)] ?? 0)} ms, ` +
    `slowest ${Math.round(readyTimesMs.at(-1) ?? 0)} ms\n`,
)
if (problems.length === 0) {
  rmSync(dataDir, { recursive: true, force: true })
  process.stdout.write('every acknowledged call is there, once; the database is sound\n')
} else {
  for (const problem of problems) process.stderr.write(`PROBLEM: ${problem}\n`)
  process.stderr.write(`the data stay in ${dataDir}\n`)
  process.exitCode = 1
}

function headlessLauncher() {
  const args = ['src/main/headless.ts', '--data-dir', dataDir, '--port', String(port)]
  return {
    start: () => spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] }),
    stop: async () => undefined,
  }
}

async function appLauncher() {
  await ensureBuild()
  const { executablePath, sqliteBinding } = await resolveElectron()
  const hasDisplay =
    process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
  const display = hasDisplay ? undefined : await startVirtualDisplay()
  const env = {
    ...process.env,
    ...(display ? { DISPLAY: display.display } : {}),
    ...(sqliteBinding ? { LLMOPS_SQLITE_BINDING: sqliteBinding } : {}),
  }
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const args = [...asRoot, '.', '--data-dir', dataDir, '--port', String(port)]
  return {
    start: () => spawn(executablePath, args, { cwd: projectRoot, env, stdio: 'ignore' }),
    stop: async () => display?.stop(),
  }
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`the console ended with ${child.exitCode} instead of starting`)
    try {
      const { status } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
      const address: unknown = JSON.parse(readFileSync(join(dataDir, 'collector.json'), 'utf8'))
      const pid =
        typeof address === 'object' && address !== null && 'pid' in address ? address.pid : undefined
      if (status === 200 && pid === child.pid) return
    } catch {
      // Not listening yet.
    }
    await sleep(20)
  }
  throw new Error(`the console was not ready after ${READY_TIMEOUT_MS} ms`)
}

/** Sends at a steady rate, and each batch again, with the same ids, until it is acknowledged. */
async function sendCalls(): Promise<void> {
  const pending = new Set<Promise<void>>()
  const startedAt = performance.now()
  while (isSending) {
    const due = ((performance.now() - startedAt) / 1000) * CALLS_PER_SECOND
    while (sent < due && pending.size < 200) {
      const delivery: Promise<void> = deliver(Array.from({ length: BATCH }, () => `call-${sent++}`)).finally(
        () => pending.delete(delivery),
      )
      pending.add(delivery)
    }
    await sleep(5)
  }
  await Promise.all(pending)
}

async function deliver(ids: string[]): Promise<void> {
  const calls = ids.map((requestId) => ({
    requestId,
    app: 'check-kill',
    model: 'gpt-4o',
    durationMs: 100,
    inputTokens: TOKENS.input,
    outputTokens: TOKENS.output,
    prompt: 'What survives? 什么会留下来？'.repeat(20),
    response: 'What was acknowledged. 已确认的调用。'.repeat(20),
  }))
  for (;;) {
    try {
      const response = await fetch(`${url}/v1/app-logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(calls),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      })
      await response.arrayBuffer()
      if (response.ok) {
        for (const id of ids) acknowledged.add(id)
        return
      }
    } catch {
      // Killed in the middle: what this batch became is unknown, so it is sent again.
    }
    retries += 1
    await sleep(50)
  }
}

/** Reads the database itself, without any of the console's code. */
function inspect(): string[] {
  const problems: string[] = []
  const db = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  const integrity = db.pragma('integrity_check', { simple: true })
  if (integrity !== 'ok') problems.push(`integrity_check says ${String(integrity)}`)
  const stored = db.prepare<[], string>('select request_id from app_log').pluck().all()
  const distinct = new Set(stored)
  if (distinct.size !== stored.length) problems.push(`${stored.length - distinct.size} calls are doubled`)
  const lost = [...acknowledged].filter((id) => !distinct.has(id))
  if (lost.length > 0) problems.push(`${lost.length} acknowledged calls are lost, the first is ${lost[0]}`)
  const kept = db
    .prepare<[], { requests: number; tokens: number }>(
      'select sum(requests) as requests, sum(total_tokens) as tokens from call_rollup where level = 5',
    )
    .get()
  if (kept?.requests !== stored.length)
    problems.push(`rollups count ${kept?.requests} calls, there are ${stored.length}`)
  const tokens = stored.length * (TOKENS.input + TOKENS.output)
  if (kept?.tokens !== tokens) problems.push(`rollups count ${kept?.tokens} tokens, there are ${tokens}`)
  db.close()
  return problems
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
