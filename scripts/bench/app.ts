import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openStore } from '../../src/main/store/store.ts'
import { Failure, say } from '../failure.ts'
import { sizeOfFolder } from '../package/install.ts'
import type { AppToStart, ProcessFigures, StartedApp } from '../package/started-app.ts'
import { firstPaintMs, processFigures, startApp } from '../package/started-app.ts'
import { unprivilegedUser } from '../package/unprivileged-user.ts'
import { makePackages, UNPACKED } from '../package.ts'
import { asar } from '../runtime/default-app.ts'
import { startVirtualDisplay } from '../virtual-display.ts'
import { DATABASE_FILE, openDataSet } from './data-set.ts'
import { madeUpCall } from './made-up-call.ts'
import { median } from './median.ts'

const CALLS = 1_000_000
const START_BAR = 1.5
const MEMORY_BAR = 0.1
const IDLE_BAR = 0.01
/** What a start leaves to be done is not what is measured. */
const SETTLE_MS = 10_000
/** The last that a start leaves is a check of the database, a minute later. */
const REST_AT_LEAST_MS = 75_000
const REST_AT_MOST_MS = 300_000
const REST_LOOK_MS = 5_000
/** Looks in a row that find it at rest. */
const REST_LOOKS = 3
const IDLE_MS = 60_000
const BATCH = 20
const POLL_MS = 20
const CALLS_PER_SECOND = 200
/** Memory is looked at so many times under load. */
const LOOKS = 12
/** What caches and pools grow to at first is not growth. */
const WARM_UP_PART = 0.5
/** The made-up month is past: of so long a time there are new calls, for the dashboard to show. */
const FRESH_MS = 3_000

const WINDOW = `
import { app, BrowserWindow } from 'electron'
app.setPath('userData', process.argv.find((argument) => argument.startsWith('--user-folder=')).slice(14))
app.enableSandbox()
process.on('SIGTERM', () => app.quit())
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false })
  window.once('ready-to-show', () => window.show())
  return window.loadURL('data:text/html,<p>nothing</p>')
})
`

/**
 * The packaged application beside an empty window of the same Electron, in the same run: how long until it is on screen,
 * what it holds in memory before, under and after a load, and what it asks of the processor when it is hidden.
 *
 *   npm run bench -- app [--rounds 5] [--seconds 120] [--made]
 */
export async function benchApp(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '120' },
      made: { type: 'boolean', default: false },
    },
  })
  if (process.platform !== 'linux')
    throw new Failure('Memory and processor time are read as Linux tells them.')
  if (!values.made) await makePackages(['dir'])
  const source = await openDataSet(CALLS, 'ordinary')
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'llmops-app-'))
  const display = await startVirtualDisplay()
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: join(folder, 'home'),
    LANG: 'en_US.UTF-8',
    DISPLAY: display.display,
  }
  try {
    const dataDir = join(folder, 'data')
    for (const path of [env.HOME, dataDir, join(folder, 'empty-user')]) mkdirSync(path)
    say('copying the data set')
    cpSync(join(source.folder, DATABASE_FILE), join(dataDir, DATABASE_FILE))
    const store = await openStore({ dataDir })
    await store.finishTextIndex()
    await store.close()
    const nothing = makeEmptyApp(join(folder, 'empty'))
    giveTo(user, folder)
    const ours = (more: string[] = []): AppToStart => ({
      executable: join(UNPACKED, 'llmops-console'),
      args: ['--data-dir', dataDir, '--port', '0', ...more],
      env,
      user,
    })
    const empty = { executable: nothing, args: [`--user-folder=${join(folder, 'empty-user')}`], env, user }
    report('size', [
      [megabytes(sizeOfFolder(UNPACKED)), 'the unpacked application'],
      [megabytes(sizeOfFolder(join(UNPACKED, 'resources'))), 'of it ours'],
    ])
    const isStarted = await measureStart(ours(), empty, dataDir, Number(values.rounds))
    const isFlat = await measureMemory(ours(), empty, dataDir, Number(values.seconds))
    const isIdle = await measureIdle(ours(['--hidden']))
    if (!isStarted || !isFlat || !isIdle) throw new Failure('A bar was missed (above).')
  } finally {
    await display.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureStart(
  ours: AppToStart,
  empty: AppToStart,
  dataDir: string,
  rounds: number,
): Promise<boolean> {
  const [nothing, painted, interactive]: [number[], number[], number[]] = [[], [], []]
  // The first start of each reads it from the disk, and makes its profile.
  for (let round = 0; round <= rounds; round += 1) {
    const window = await startApp(empty)
    const emptyMs = await firstPaintMs(window)
    await window.quit()
    const app = await startApp(ours)
    if (round === 0) await load(await addressIn(dataDir), FRESH_MS)
    const paintedMs = await firstPaintMs(app)
    const interactiveMs = await dashboardMs(app)
    await app.quit()
    if (round === 0) continue
    nothing.push(emptyMs)
    painted.push(paintedMs)
    interactive.push(interactiveMs)
  }
  const ratio = median(interactive) / median(nothing)
  report(`start over ${CALLS.toLocaleString('en')} calls, median of ${rounds}`, [
    [milliseconds(median(nothing)), 'an empty window, first paint'],
    [milliseconds(median(painted)), 'the console, first paint'],
    [milliseconds(median(interactive)), 'the console, dashboard with its charts in sight'],
    [`${ratio.toFixed(2)} ×`, `the empty window; the bar is ${START_BAR}`],
  ])
  return ratio <= START_BAR
}

/** Until all that is in sight of the dashboard has its figures, and its charts are drawn. */
async function dashboardMs({ page, startedAt }: StartedApp): Promise<number> {
  const at = await page.evaluate<number>(
    `new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('no chart')), 60_000)
      const isInSight = (element) => {
        const { top, bottom, width } = element.getBoundingClientRect()
        return width > 0 && bottom > 0 && top < innerHeight
      }
      const look = () => {
        const main = document.querySelector('main')
        const waiting = [...(main?.querySelectorAll('[aria-busy="true"], .canvas__waiting, .skeleton') ?? [])]
        const isThere = main?.querySelector('canvas') && !waiting.some(isInSight)
        if (isThere) resolve(performance.timeOrigin + performance.now())
        else setTimeout(look, 10)
      }
      look()
    })`,
  )
  return at - startedAt
}

async function measureMemory(
  ours: AppToStart,
  empty: AppToStart,
  dataDir: string,
  seconds: number,
): Promise<boolean> {
  const window = await startApp(empty)
  await delay(SETTLE_MS)
  const nothing = totalBytes(processFigures(window.pid))
  await window.quit()

  const app = await startApp(ours)
  await dashboardMs(app)
  await delay(SETTLE_MS)
  const before = processFigures(app.pid)
  const url = await addressIn(dataDir)
  await load(url, seconds * WARM_UP_PART * 1_000)
  const looks: ProcessFigures[][] = []
  for (let look = 0; look < LOOKS; look += 1) {
    await load(url, (seconds * 1_000) / LOOKS)
    looks.push(processFigures(app.pid))
  }
  await app.quit()
  const totals = looks.map(totalBytes)
  const growth = median(totals.slice(LOOKS / 2)) / median(totals.slice(0, LOOKS / 2)) - 1
  report(
    `memory, ${CALLS_PER_SECOND} calls/s for ${seconds} s instead of an hour, after ${seconds * WARM_UP_PART} s to warm up, with the dashboard open`,
    [
      [megabytes(nothing), 'an empty window, all processes'],
      [megabytes(totalBytes(before)), `the console before (${byKind(before)})`],
      [megabytes(totals[0] ?? 0), `the console at first (${byKind(looks[0] ?? [])})`],
      [megabytes(totals.at(-1) ?? 0), `the console at last (${byKind(looks.at(-1) ?? [])})`],
      [totals.map((bytes) => (bytes / 1e6).toFixed(0)).join(' '), 'MB meanwhile'],
      [
        `${(growth * 100).toFixed(1)} %`,
        `from the median of the first half to that of the second; the bar is ${MEMORY_BAR * 100} %`,
      ],
    ],
  )
  return growth <= MEMORY_BAR
}

/** The window is there before the collector listens. */
async function addressIn(dataDir: string): Promise<string> {
  const file = join(dataDir, 'collector.json')
  while (!existsSync(file)) await delay(POLL_MS)
  const { url } = JSON.parse(await readFile(file, 'utf8')) as { url: string }
  return url
}

/** Sends at a steady rate, as many apps do together. */
async function load(url: string, ms: number): Promise<void> {
  const startedAt = performance.now()
  for (let sent = 0; performance.now() - startedAt < ms; sent += BATCH) {
    const response = await fetch(`${url}/v1/app-logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: BATCH }, madeUpCall)),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`the console answered ${response.status}`)
    const due = ((sent + BATCH) / CALLS_PER_SECOND) * 1_000
    await delay(Math.max(0, due - (performance.now() - startedAt)))
  }
}

async function measureIdle(ours: AppToStart): Promise<boolean> {
  const app = await startApp(ours)
  // On a busy machine a start takes longer than what follows it.
  await app.page.getByRole('main').waitFor({ state: 'attached' })
  // Whoever drives a page keeps it awake, however hidden its window is.
  await app.browser.close()
  const cpuMs = () => totalCpuMs(processFigures(app.pid))
  const restedMs = await restMs(app.startedAt, cpuMs)
  const before = processFigures(app.pid)
  await delay(IDLE_MS)
  const after = processFigures(app.pid)
  const part = (totalCpuMs(after) - totalCpuMs(before)) / IDLE_MS
  await app.quit()
  report(`processor, window hidden, nothing to do, for ${IDLE_MS / 1_000} s`, [
    [milliseconds(totalCpuMs(before)), `of the processor for the start and what it leaves to be done`],
    [
      restedMs === undefined ? 'never' : milliseconds(restedMs),
      'from the start until it was seen to be at rest',
    ],
    [`${(part * 100).toFixed(2)} %`, `of one core, all processes; the bar is ${IDLE_BAR * 100} %`],
  ])
  return part < IDLE_BAR
}

/** Waits until little is done. @returns how long after the start that was; undefined: there is always something. */
async function restMs(startedAt: number, cpuMs: () => number): Promise<number | undefined> {
  let calm = 0
  while (Date.now() - startedAt < REST_AT_MOST_MS) {
    const before = cpuMs()
    await delay(REST_LOOK_MS)
    calm = (cpuMs() - before) / REST_LOOK_MS < IDLE_BAR ? calm + 1 : 0
    const sinceStartMs = Date.now() - startedAt
    if (calm >= REST_LOOKS && sinceStartMs >= REST_AT_LEAST_MS) return sinceStartMs
  }
  return undefined
}

/** The same Electron, packed alike, with a window of one line. */
function makeEmptyApp(folder: string): string {
  linkFolder(UNPACKED, folder)
  const resources = join(folder, 'resources')
  mkdirSync(resources)
  const manifest = { name: 'empty', version: '1.0.0', type: 'module', main: 'main.js' }
  writeFileSync(
    join(resources, 'app.asar'),
    asar({ 'package.json': JSON.stringify(manifest), 'main.js': WINDOW }),
  )
  return join(folder, 'llmops-console')
}

function linkFolder(source: string, target: string): void {
  mkdirSync(target)
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)]
    if (entry.name === 'resources') continue
    if (entry.isDirectory()) linkFolder(from, to)
    else link(from, to)
  }
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    cpSync(from, to) // On another disk.
  }
}

function giveTo(user: ReturnType<typeof unprivilegedUser>, folder: string): void {
  if (user === undefined) return
  chmodSync(folder, 0o755)
  for (const name of ['home', 'data', 'empty-user']) {
    const path = join(folder, name)
    chownSync(path, user.uid, user.gid)
    for (const file of readdirSync(path)) chownSync(join(path, file), user.uid, user.gid)
  }
}

const totalBytes = (processes: readonly ProcessFigures[]) =>
  processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
const totalCpuMs = (processes: readonly ProcessFigures[]) =>
  processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0)

function byKind(processes: readonly ProcessFigures[]): string {
  const sums = new Map<string, number>()
  for (const { kind, memoryBytes } of processes) sums.set(kind, (sums.get(kind) ?? 0) + memoryBytes)
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, bytes]) => `${kind} ${(bytes / 1e6).toFixed(0)}`)
    .join(', ')
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const milliseconds = (ms: number) => `${ms.toFixed(0)} ms`

function report(what: string, lines: readonly (readonly [figure: string, meaning: string])[]): void {
  console.log(what)
  for (const [figure, meaning] of lines) console.log(`${figure.padStart(12)}  ${meaning}`)
}
