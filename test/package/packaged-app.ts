import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { StartedApp } from '../../scripts/package/started-app.ts'
import { startApp } from '../../scripts/package/started-app.ts'

/** Where the package was unpacked: the application's folder, and what stands for `/`. */
export const folder = given('LLMOPS_PACKAGE_FOLDER')
export const prefix = given('LLMOPS_PACKAGE_PREFIX')
export const home = given('LLMOPS_PACKAGE_HOME')
const uid = process.env['LLMOPS_PACKAGE_UID']
export const user = uid === undefined ? undefined : { uid: Number(uid), gid: Number(uid) }
export const executable = join(folder, 'llmops-console')
/** The only commands that the application finds. */
export const commands = join(home, 'bin')
export const ENVIRONMENT = {
  PATH: commands,
  HOME: home,
  LANG: 'en_US.UTF-8',
  DISPLAY: process.env['DISPLAY'],
  DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'],
  LLMOPS_ALERT_INTERVAL_S: '1',
}

export const argumentsFor = (dataDir: string) => ['--data-dir', dataDir, '--port', '0', '--lang=en']

/** Starts the installed application, and waits for its first page. */
export async function startInstalled(
  dataDir: string,
  { env = {}, args = [] }: { env?: NodeJS.ProcessEnv; args?: string[] } = {},
): Promise<StartedApp> {
  const app = await startApp({
    executable,
    args: [...argumentsFor(dataDir), ...args],
    env: { ...ENVIRONMENT, ...env },
    user,
  })
  await expect(app.page.getByRole('main')).toBeVisible()
  return app
}

export async function openPage({ page }: StartedApp, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#${path}`)
}

function given(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error('`npm run check:package` installs a package and runs these.')
  return value
}
