/**
 * npm start [-- --data-dir D --port N --hidden --demo]: fetches what is missing, builds what is stale, and opens
 * the app. With --dev it runs electron-vite's development server instead. Everything after `--` goes to the app.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureBuild, forgetBuild, projectRoot } from './build.ts'
import { resolveElectron, type ElectronRuntime } from './electron-runtime.ts'
import { Failure, runScript, say } from './failure.ts'
import { findCommand } from './find-command.ts'
import { missingLibraries, needsNoSandbox } from './linux-desktop.ts'
import { ensureSystemPackages } from './system-packages.ts'
import { startVirtualDisplay, type VirtualDisplay } from './virtual-display.ts'

const loaderFailed = 127
/** A second signal within this time is the same one by another way; after it, the user insists. */
const sameSignalMs = 1_000

async function start(): Promise<void> {
  const isDevelopment = process.argv.includes('--dev')
  const appArguments = process.argv.slice(2).filter((argument) => argument !== '--dev')
  const needsDisplay =
    process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
  await checkDesktop(needsDisplay)
  const runtime = await resolveElectron()
  if (isDevelopment) forgetBuild()
  else await ensureBuild()

  const noSandbox = needsNoSandbox(runtime.dir)
  if (noSandbox) say(`Starting without Chromium's sandbox: ${noSandbox}`)
  const sandboxArguments = noSandbox ? ['--no-sandbox'] : []
  const command = isDevelopment
    ? developmentCommand(sandboxArguments, appArguments)
    : [runtime.executablePath, ...sandboxArguments, '.', ...appArguments]

  const display = needsDisplay ? await startVirtualDisplay() : undefined
  if (display) {
    say(`No display here: the window is on a virtual one (${display.display}), where nobody sees it.`)
    say('`npm run headless` runs the collector with no window at all.')
  }
  try {
    process.exitCode = await runApp(command, appEnvironment(runtime, display))
  } finally {
    await display?.stop()
  }
  if (process.platform === 'linux' && process.exitCode === loaderFailed) await explainLoader(runtime)
}

async function checkDesktop(needsDisplay: boolean): Promise<void> {
  try {
    await ensureSystemPackages({ for: 'start' })
    if (needsDisplay && !findCommand('Xvfb'))
      throw new Failure(
        'There is no display, and no Xvfb on PATH to make one (Debian: apt-get install -y xvfb).',
      )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const headless = '`npm run headless` runs the collector with no window, and needs none of this.'
    throw new Failure(`The window cannot be opened.\n${error.message}\n\n${headless}`)
  }
}

function developmentCommand(sandboxArguments: string[], appArguments: string[]): string[] {
  const electronVite = join(projectRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  return [process.execPath, electronVite, 'dev', '--', ...sandboxArguments, ...appArguments]
}

function appEnvironment(runtime: ElectronRuntime, display: VirtualDisplay | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_EXEC_PATH: runtime.executablePath }
  // Terminals inside Electron apps (VS Code) set this, and it would make Electron plain Node.
  delete env['ELECTRON_RUN_AS_NODE']
  if (runtime.sqliteBinding) env['LLMOPS_SQLITE_BINDING'] = runtime.sqliteBinding
  if (display) env['DISPLAY'] = display.display
  return env
}

/**
 * Runs the app in our place: it gets our signals, and we get its exit code. It runs in a process group of its
 * own, and each signal is passed on once, because Ctrl-C reaches us twice (from the terminal and from npm) and
 * Chromium takes a second signal as "at once": the app would be killed while it saves.
 */
async function runApp([command = '', ...args]: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const detached = process.platform !== 'win32'
  const child = spawn(command, args, { cwd: projectRoot, env, stdio: 'inherit', detached })
  let forwardedAt = -Infinity
  const forward = (signal: NodeJS.Signals) => {
    if (performance.now() - forwardedAt < sameSignalMs) return
    forwardedAt = performance.now()
    child.kill(signal)
  }
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
    })
  } finally {
    for (const signal of signals) process.off(signal, forward)
  }
}

async function explainLoader({ executablePath }: ElectronRuntime): Promise<void> {
  const libraries = await missingLibraries(executablePath)
  if (libraries.length === 0) return
  say(`\nElectron needs libraries that are missing here: ${libraries.join(', ')}.`)
  say('On Debian and Ubuntu, `node scripts/system-packages.ts start` names the packages to install.')
}

await runScript(start)
