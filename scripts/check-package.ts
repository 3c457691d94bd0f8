/**
 * `npm run check:package`: what users get, checked as they get it. Installs each package of `dist/` into an empty folder,
 * starts it there (as someone else than root, sandboxed), and tries everything that it promises. Linux only.
 *
 *   npm run check:package                 makes the packages first
 *   npm run check:package -- --made       takes those that are there
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from './build.ts'
import { Failure, runScript, say } from './failure.ts'
import { installablePackages, installPackage, sizeOfFolder } from './package/install.ts'
import { unprivilegedUser } from './package/unprivileged-user.ts'
import { DIST, makePackages } from './package.ts'
import { startSessionBus } from './session-bus.ts'
import { ensureSystemPackages } from './system-packages.ts'
import { startVirtualDisplay } from './virtual-display.ts'

async function checkPackage(): Promise<void> {
  if (process.platform !== 'linux') throw new Failure('This check installs a package of Linux.')
  const { values } = parseArgs({ options: { made: { type: 'boolean', default: false } } })
  await ensureSystemPackages({ for: 'test' })
  if (!values.made) await makePackages()
  for (const file of installablePackages(DIST)) {
    process.exitCode = await checkInstalled(file)
    if (process.exitCode !== 0) return
  }
}

async function checkInstalled(file: string): Promise<number> {
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(tmpdir(), 'llmops-package-'))
  const home = join(folder, 'home')
  mkdirSync(home)
  if (user) {
    chmodSync(folder, 0o755)
    chownSync(home, user.uid, user.gid)
  }
  const display = await startVirtualDisplay()
  try {
    const bus = await startSessionBus({ display: display.display, home, user })
    try {
      const app = await installPackage(file, join(folder, 'prefix'))
      say(`Installed ${app.file}`)
      say(`${megabytes(app.sizeBytes)} packed, ${megabytes(sizeOfFolder(app.folder))} installed`)
      return await runTests({
        LLMOPS_PACKAGE_FOLDER: app.folder,
        LLMOPS_PACKAGE_PREFIX: join(folder, 'prefix'),
        LLMOPS_PACKAGE_HOME: home,
        ...(user ? { LLMOPS_PACKAGE_UID: String(user.uid) } : {}),
        DISPLAY: display.display,
        DBUS_SESSION_BUS_ADDRESS: bus.address,
      })
    } finally {
      await bus.stop()
    }
  } finally {
    await display.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runTests(env: NodeJS.ProcessEnv): Promise<number> {
  const cli = join(projectRoot, 'node_modules', '@playwright', 'test', 'cli.js')
  const config = join(projectRoot, 'test', 'package', 'playwright.config.ts')
  const child = spawn(process.execPath, [cli, 'test', '--config', config], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

await runScript(checkPackage)
