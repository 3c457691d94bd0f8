import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'
import { answerSaveDialog } from './save-dialog.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

/** An hour of calls of two apps, some of which fail. */
async function fillAnHour(): Promise<void> {
  const now = Date.now()
  const calls = Array.from({ length: 60 }, (_, index) => ({
    requestId: `call-${index}`,
    app: index < 45 ? 'shop' : 'desk',
    model: index % 3 === 0 ? 'qwen-max' : 'gpt-4o',
    userId: `user-${index % 5}`,
    startedAt: now - index * 58_000,
    durationMs: 200 + index,
    inputTokens: 100,
    cachedInputTokens: 40,
    outputTokens: 10,
    ...(index % 12 === 0 ? { status: 'error', errorType: 'timeout' } : {}),
  }))
  await fetch(`${running.url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })
  await expect(running.page.getByTestId('card-requests')).toContainText('60')
}

const panelIds = (page: Page) =>
  page
    .locator('[data-panel]')
    .evaluateAll((panels) => panels.map((panel) => panel.getAttribute('data-panel')))
const regionOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('panels are moved and hidden by keys and by dragging, stay so over a restart, and can be set back', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page, dataDir } = running
  const asItComes = await panelIds(page)
  expect(asItComes.slice(0, 3)).toEqual(['response-time', 'outcome', 'cost'])

  await page.getByRole('button', { name: 'Panels' }).press('Enter')
  const costUp = page.getByRole('button', { name: 'Move Cost up' })
  await costUp.press('Enter')
  await expect.poll(() => panelIds(page)).toEqual(['response-time', 'cost', 'outcome', ...asItComes.slice(3)])
  // The keyboard stays with what it moves, even at the end of the list.
  await expect(costUp).toBeFocused()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(page.getByText('Cost: 1 of 12')).toBeAttached()
  await page.keyboard.press('Enter')
  await expect(costUp).toBeFocused()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(() => panelIds(page)).toEqual(['response-time', 'cost', 'outcome', ...asItComes.slice(3)])
  await page.getByRole('checkbox', { name: 'Response time' }).press('Space')
  await expect(regionOf(page, 'Response time')).toHaveCount(0)
  await page.screenshot({ path: 'test-results/dashboard-panels.png' })
  await page.keyboard.press('Escape')

  const tokens = page.locator('[data-panel=tokens]')
  await tokens.hover()
  await tokens.locator('.grip').hover()
  await page.mouse.down()
  await page.locator('[data-panel=cost]').hover({ position: { x: 60, y: 60 } })
  await page.mouse.up()
  const arranged = ['tokens', 'cost', 'outcome', ...asItComes.slice(4)]
  await expect.poll(() => panelIds(page)).toEqual(arranged)

  await running.close()
  running = await launchApp({ dataDir })
  await expect(running.page.getByTestId('card-requests')).toContainText('60')
  await expect.poll(() => panelIds(running.page)).toEqual(arranged)
  await running.page.getByRole('button', { name: 'Panels' }).click()
  await running.page.getByRole('button', { name: 'As they come' }).click()
  await expect.poll(() => panelIds(running.page)).toEqual(asItComes)
})

test('without any panel the dashboard says how to get them back', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page } = running
  await page.getByRole('button', { name: 'Panels' }).click()
  await expect(page.getByRole('checkbox').first()).toBeVisible()
  for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
  await page.keyboard.press('Escape')
  await expect(page.getByText('All panels are hidden')).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'Reset panels' }).last().click()
  await expect(regionOf(page, 'Response time')).toBeVisible()
})

test('what is ranked can be chosen, read as a table, and leads to the calls behind it', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page } = running
  const apps = regionOf(page, 'Apps')
  await expect(apps.getByRole('img').first()).toHaveAccessibleName(/Apps by Requests\. shop 45, desk 15/)
  await apps.getByRole('combobox').selectOption('Tokens')
  await expect(apps.getByRole('img').first()).toHaveAccessibleName(/Apps by Tokens\. shop 5K, desk 1.7K/)
  expect(page.url()).toContain('apps-by=tokens')

  await apps.getByRole('button', { name: 'Show “Apps” as a table' }).press('Enter')
  await expect(apps.getByRole('columnheader').first()).toHaveText('App')
  await apps.getByRole('link', { name: 'desk' }).press('Enter')
  await expect(page).toHaveURL(/\/calls\?.*app=desk/)
  await expect(page.getByText('15 calls', { exact: true })).toBeVisible()

  await page.goBack()
  const errors = regionOf(page, 'Error types')
  await errors.getByRole('img').first().scrollIntoViewIfNeeded()
  await errors
    .getByRole('img')
    .first()
    .click({ position: { x: 160, y: 100 } })
  await expect(page).toHaveURL(/\/calls\?.*errorType=timeout/)
  await expect(page.getByText('5 calls', { exact: true })).toBeVisible()

  await page.goBack()
  await regionOf(page, 'Success and failure').getByRole('link', { name: 'Succeeded' }).click()
  await expect(page).toHaveURL(/\/calls\?.*status=ok/)
  await expect(page.getByText('55 calls', { exact: true })).toBeVisible()
})

test('costs are seen against the budget of the calls that are shown', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page, url, token } = running
  const budget = { name: 'Shop', period: 'day', amount: 144, scope: { app: 'shop' } }
  await fetch(`${url}/v1/budgets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(budget),
  })
  const open = (address: string) => page.evaluate((hash) => (location.hash = hash), `#${address}`)
  await open('/settings')
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
  await open('/dashboard?range=1h&app=shop')
  const cost = regionOf(page, 'Cost').getByRole('img').first()
  await expect(cost).toHaveAccessibleName(/Budget: \$144\.00 \/ Day/)
  await page.screenshot({ path: 'test-results/dashboard-budget.png' })
  await open('/dashboard?range=1h')
  await expect(page.getByTestId('card-requests')).toContainText('60')
  await expect(cost).not.toHaveAccessibleName(/Budget/)
})

test('the dashboard is saved as a report on paper and as a picture, whole, and looks as before afterwards', async () => {
  test.slow()
  running = await launchApp({ colorScheme: 'dark' })
  await fillAnHour()
  const { page, app, dataDir } = running
  const folder = join(dataDir, 'saved')
  mkdirSync(folder)
  await answerSaveDialog(app, folder)
  const width = await page.evaluate(() => window.innerWidth)
  const save = async (format: string, ending: string) => {
    await page.getByRole('button', { name: 'Save the dashboard' }).click()
    await page.getByRole('menuitem', { name: format }).click()
    // All of the page is drawn, in software where there is no other way.
    await expect(page.getByTestId('toast').filter({ hasText: `.${ending} was saved` })).toBeVisible({
      timeout: 60_000,
    })
    return readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith(ending)) ?? ''))
  }

  const pdf = await save('Report (PDF)', 'pdf')
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []
  expect(pages.length).toBeGreaterThan(1)

  const png = await save('Picture (PNG)', 'png')
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  // Of all panels, twice as fine as the page, on white paper although the window is dark.
  expect(png.readUInt32BE(16)).toBe(2 * (1040 + 2 * 32))
  expect(png.readUInt32BE(20)).toBeGreaterThan(2 * 1600)
  const colours = await app.evaluate(({ nativeImage }, base64) => {
    const bitmap = nativeImage.createFromBuffer(Buffer.from(base64, 'base64')).toBitmap()
    const seen = new Set<number>()
    for (let index = 0; index < bitmap.length; index += 16) seen.add(bitmap.readUInt32LE(index))
    return { corner: bitmap.subarray(0, 4).toString('hex'), count: seen.size }
  }, png.toString('base64'))
  expect(colours.corner).toBe('ffffffff')
  expect(colours.count).toBeGreaterThan(50)
  await expect(page.locator('html')).toHaveClass('dark')
  expect(await page.evaluate(() => window.innerWidth)).toBe(width)
  await expect(page.getByRole('button', { name: 'Save the dashboard' })).toBeVisible()
})

test('the page takes the whole screen, and gives it back', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page } = running
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null)
  await page.getByRole('button', { name: 'Full screen' }).click()
  await expect.poll(isFull).toBe(true)
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  await page.keyboard.press('f')
  await expect.poll(isFull).toBe(false)
  await expect(page.getByRole('navigation')).toBeVisible()
})

test('held still, the figures wait; then they catch up', async () => {
  running = await launchApp()
  await fillAnHour()
  const { page, url } = running
  await page.getByRole('button', { name: 'Hold still' }).click()
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'shop' }),
  })
  await expect(page.getByRole('button', { name: 'Paused' })).toBeVisible()
  await expect(page.getByTestId('card-requests')).toContainText('60')
  await page.getByRole('button', { name: 'Follow the calls again' }).click()
  await expect(page.getByTestId('card-requests')).toContainText('61')
})
