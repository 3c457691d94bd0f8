import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp, readAddress } from './launch.ts'

let running: RunningApp
const folder = mkdtempSync(join(tmpdir(), 'llmops-settings-file-'))
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  await expect(page.getByTestId('about-version')).toContainText(/Version \d/)
}

test('a setting is found by its words, in the language on screen, by keyboard', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  const search = page.getByRole('combobox', { name: 'Search the settings' })

  await search.fill('exact origin')
  await expect(page.getByRole('option', { name: /^Web pages that may send calls/ })).toBeVisible()
  await search.fill('token for apps')
  await expect(page.getByRole('option').first()).toContainText('Token for apps')
  await search.press('Enter')
  await expect(page.getByRole('option').first()).toBeHidden()
  await expect(page.locator('.row.is-found')).toContainText('Token for apps')
  await expect(page.locator('.row.is-found')).toBeFocused()
  await expect(page.locator('.row.is-found')).toBeInViewport()

  await search.fill('no such thing')
  await expect(page.getByText('No setting holds this.')).toBeVisible()
  await search.press('Escape')
  await expect(search).toHaveValue('')

  await page.getByRole('radiogroup', { name: 'Language' }).getByText('简体中文').click()
  const chinese = page.getByRole('combobox', { name: '搜索设置' })
  await chinese.fill('端口')
  await expect(page.getByRole('option').first()).toContainText('端口')
})

test('a section is reached from the list beside, and the page is no longer than what it holds', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  const sections = page.getByRole('navigation', { name: 'Sections of the settings' })
  await sections.getByRole('link', { name: 'About' }).click()
  await expect(page.getByRole('heading', { name: 'About' })).toBeInViewport()
  await expect(page.getByTestId('versions')).toContainText('Chromium')
  await sections.getByRole('link', { name: 'Privacy' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Privacy' })).toBeInViewport({ ratio: 1 })
  await expect.poll(() => page.evaluate('document.documentElement.scrollHeight - window.innerHeight')).toBe(0)

  await page.getByRole('button', { name: 'Read them' }).click()
  const dialog = page.getByRole('dialog', { name: 'Licences' })
  await dialog.getByRole('searchbox').fill('better-sqlite3')
  await dialog.getByText('better-sqlite3').click()
  await expect(dialog).toContainText('Permission is hereby granted')
  await page.keyboard.press('Escape')
})

test('another port holds at once; one that is taken is refused beside its field', async () => {
  running = await launchApp()
  const { page, dataDir, url } = running
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await openSettings(page)
  const row = page.getByTestId('port')
  const field = row.getByLabel('Port')

  await field.fill('80')
  await row.getByRole('button', { name: 'Change' }).click()
  await expect(field).toHaveAccessibleDescription('A whole number from 1024 to 65535.')
  await field.fill(String(port))
  await row.getByRole('button', { name: 'Change' }).click()
  await expect(field).toHaveAccessibleDescription(/Another program listens on port/)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)

  server.close()
  await once(server, 'close')
  await row.getByRole('button', { name: 'Change' }).click()
  await expect(row).toContainText(`listens on http://127.0.0.1:${port} now`)
  await expect(page.getByTestId('collector-indicator')).toContainText(`127.0.0.1:${port}`)
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  expect(readAddress(dataDir).port).toBe(port)
})

test('settings go out as a file without secrets, and come in after a look at what changes', async () => {
  running = await launchApp()
  const { page, app, dataDir, token } = running
  await app.evaluate(({ dialog }, to) => {
    Reflect.set(dialog, 'showSaveDialog', async () => ({ canceled: false, filePath: `${to}/settings.json` }))
  }, folder)
  await openSettings(page)
  await page.getByTestId('require-token').click()
  await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click()
  await page.getByRole('button', { name: 'Export…' }).click()
  await expect.poll(() => readdirSync(folder)).toEqual(['settings.json'])
  const file = join(folder, 'settings.json')
  const text = readFileSync(file, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ version: 1, settings: { theme: 'dark', requireToken: true } })
  expect(text).not.toContain(token)
  expect(text).not.toContain(readFileSync(join(dataDir, 'app-token'), 'utf8').trim())

  await page.getByTestId('require-token').click()
  await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Light').click()
  await page.getByTestId('settings-file').setInputFiles(file)
  const dialog = page.getByRole('dialog', { name: 'What the file would change' })
  await expect(dialog).toContainText('Require a token from local apps')
  await expect(page.getByRole('switch', { name: 'Require a token from local apps' })).not.toBeChecked()
  await dialog.getByRole('button', { name: 'Change 2 settings' }).click()
  await expect(page.getByRole('switch', { name: 'Require a token from local apps' })).toBeChecked()
  await expect(page.locator('html')).toHaveClass(/dark/)

  const newer = Buffer.from(text.replace('"version": 1', '"version": 2'))
  await page
    .getByTestId('settings-file')
    .setInputFiles({ name: 'newer.json', mimeType: 'application/json', buffer: newer })
  await expect(dialog).toContainText('A newer version of LLMOps Console has written this file.')
  await dialog.getByRole('button', { name: 'Close' }).click()
})
