import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp, makeDataDir } from './launch.ts'

let running: RunningApp

/** Closes as if the user had; what is relaunched by itself is started by the test. */
async function relaunchByHand(app: RunningApp['app']): Promise<void> {
  await app.evaluate((electron) => {
    Reflect.set(electron.app, 'relaunch', () => undefined)
  })
}

test('the data folder moves with all that is in it, and is found there by the next start', async () => {
  test.slow()
  const home = makeDataDir()
  const target = join(home, 'disk')
  mkdirSync(target)
  const env = { XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config') }
  const source = join(home, 'data', 'llmops-console')
  running = await launchApp({ dataDir: source, isFolderNamed: false, env })
  const { page, app, url } = running
  await relaunchByHand(app)
  await app.evaluate(({ dialog }, folder) => {
    Reflect.set(dialog, 'showOpenDialog', async () => ({ canceled: false, filePaths: [folder] }))
  }, target)
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[{"app":"mover"},{"app":"mover"}]',
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await expect(page.getByTestId('data-folder')).toContainText(source)
  await page.getByTestId('move-folder').click()
  const dialog = page.getByRole('dialog', { name: 'Move the data folder' })
  await expect(dialog).toContainText(target)

  // Cancelled while something large is copied, it has not happened.
  const large = join(source, 'archives', 'large')
  mkdirSync(dirname(large), { recursive: true })
  writeFileSync(large, '')
  truncateSync(large, 300 * 1024 * 1024)
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await dialog.getByRole('progressbar').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => readdirSync(target)).toEqual([])
  expect(existsSync(join(home, 'config', 'llmops-console', 'place.json'))).toBe(false)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  rmSync(large)

  await page.getByTestId('move-folder').click()
  const isGone = new Promise((resolve) => app.process().once('exit', resolve))
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await isGone
  expect(existsSync(join(home, 'config', 'llmops-console', 'place.json'))).toBe(true)

  running = await launchApp({ dataDir: target, isFolderNamed: false, env })
  const after = running.page
  await after.getByRole('link', { name: 'Calls', exact: true }).click()
  await expect(after.getByText('mover').first()).toBeVisible()
  await after.getByRole('link', { name: 'Settings', exact: true }).click()
  await expect(after.getByTestId('data-folder')).toContainText(target)
  await after.getByTestId('old-folder').getByRole('button', { name: 'Remove it' }).click()
  await expect(after.getByTestId('old-folder')).toBeHidden()
  expect(existsSync(source)).toBe(false)
  expect(running.complaints).toEqual([])
  await running.close()
})
