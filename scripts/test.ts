/**
 * `npm test`: everything that must hold before a change lands. Static checks run side by side, then unit and
 * integration tests, then end-to-end tests in a real Electron window.
 *
 *   npm test                      all of it
 *   npm run test:e2e              the end-to-end tests only (further arguments go to Playwright)
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuild } from './build.ts'
import { resolveElectron } from './electron-runtime.ts'
import { startSessionBus } from './session-bus.ts'
import { ensureSystemPackages } from './system-packages.ts'
import { startVirtualDisplay } from './virtual-display.ts'

const root = join(import.meta.dirname, '..')
const resultsFolder = join(root, 'test-results')
const unitResults = join(resultsFolder, 'unit.json')
const endToEndResults = join(resultsFolder, 'e2e.json')

/** A test waits for half of its time; elsewhere than on Linux there is one desktop only. */
const END_TO_END_WORKERS = process.platform === 'linux' ? 2 : 1

const isEndToEndOnly = process.argv[2] === '--only' && process.argv[3] === 'e2e'
const playwrightArgs = isEndToEndOnly ? process.argv.slice(4) : []

// Results of an earlier run must not be counted again.
rmSync(resultsFolder, { recursive: true, force: true })
mkdirSync(resultsFolder, { recursive: true })
await ensureSystemPackages({ for: 'test' })
if (!isEndToEndOnly) {
  await Promise.all([
    check('types', 'npm', ['run', '--silent', 'typecheck']),
    check('lint', 'npm', ['run', '--silent', 'lint']),
    check('dependency rules', 'npm', ['run', '--silent', 'lint:dependencies']),
    check('unused code', 'npm', ['run', '--silent', 'lint:unused']),
    check('format', 'npm', ['run', '--silent', 'format:check']),
  ])
  await run(
    'npx',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitResults}`],
    // Consoles are opened by the hundred, each with threads that load the same modules.
    { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') },
  )
}
await testEndToEnd()
report()

async function testEndToEnd(): Promise<void> {
  const electron = await resolveElectron()
  await ensureBuild()
  const desktops = process.platform === 'linux' ? await startDesktops(END_TO_END_WORKERS) : []
  try {
    await run('npx', ['playwright', 'test', `--workers=${END_TO_END_WORKERS}`, ...playwrightArgs], {
      LLMOPS_TEST_ELECTRON: electron.executablePath,
      LLMOPS_TEST_DESKTOPS: JSON.stringify(desktops.map(({ env }) => env)),
      ...(electron.sqliteBinding ? { LLMOPS_SQLITE_BINDING: electron.sqliteBinding } : {}),
    })
  } finally {
    await Promise.all(desktops.map(({ stop }) => stop()))
  }
}

interface Desktop {
  env: { DISPLAY: string; DBUS_SESSION_BUS_ADDRESS: string }
  stop: () => Promise<void>
}

/** Focus, the clipboard and notifications are one to a desktop, so each worker has its own. */
function startDesktops(count: number): Promise<Desktop[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { display, stop } = await startVirtualDisplay()
      const bus = await startSessionBus({ display })
      return {
        env: { DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: bus.address },
        async stop() {
          await bus.stop()
          await stop()
        },
      }
    }),
  )
}

/** Runs a check, quietly unless it fails. */
async function check(name: string, command: string, args: string[]): Promise<void> {
  const { code, output } = await execute(command, args, {}, 'capture')
  if (code === 0) {
    console.log(`ok: ${name}`)
    return
  }
  console.error(`FAILED: ${name}\n${output}`)
  process.exit(1)
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { code } = await execute(command, args, env, 'inherit')
  if (code !== 0) {
    report()
    process.exit(code)
  }
}

function execute(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  output: 'capture' | 'inherit',
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', output === 'inherit' ? 'inherit' : 'pipe', output === 'inherit' ? 'inherit' : 'pipe'],
      // npm and npx are scripts on Windows.
      shell: process.platform === 'win32',
    })
    let text = ''
    child.stdout?.on('data', (chunk) => (text += String(chunk)))
    child.stderr?.on('data', (chunk) => (text += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output: text }))
  })
}

/** Closes with one line that counts all tests. */
function report(): void {
  const unit = readCounts(unitResults, (found) => ({
    passed: Number(found['numPassedTests']),
    failed: Number(found['numFailedTests']),
    skipped: Number(found['numPendingTests']),
  }))
  const endToEnd = readCounts(endToEndResults, ({ stats }) => {
    const counts = isRecord(stats) ? stats : {}
    return {
      passed: Number(counts['expected']) + Number(counts['flaky']),
      failed: Number(counts['unexpected']),
      skipped: Number(counts['skipped']),
    }
  })
  const sum = (key: keyof Counts) => unit[key] + endToEnd[key]
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}

function readCounts(file: string, read: (found: Record<string, unknown>) => Counts): Counts {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isRecord(found)) return read(found)
  } catch {
    // That part did not run.
  }
  return { passed: 0, failed: 0, skipped: 0 }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
