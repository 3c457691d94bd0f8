import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

test('the palette leads to pages, calls and filters and changes the theme, by keys alone', async () => {
  running = await launchApp()
  const { page, url } = running
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { requestId: 'order-4711', app: '<b>shop</b>', model: 'gpt-4o' },
      { requestId: 'other', app: 'desk', model: 'house-1' },
    ]),
  })
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  const selected = palette.getByRole('option', { selected: true })
  const type = async (text: string) => {
    await page.keyboard.press('Control+k')
    await expect(palette.getByRole('combobox')).toBeFocused()
    await page.keyboard.type(text)
  }

  await type('cst')
  await expect(selected).toHaveText('Costs')
  await page.keyboard.press('Enter')
  await expect(palette).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'Costs' })).toBeVisible()

  // A request id leads to its call.
  await type('order-4711')
  await expect(selected).toContainText('order-4711')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('request-id')).toHaveText('order-4711')

  // What an app calls itself is text.
  await type('<b>shop')
  await expect(selected).toContainText('<b>shop</b>')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/calls\?app=/)
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2)

  await type('new budget')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Add a budget' })).toBeVisible()
  // A question that is open is not talked over.
  await page.keyboard.press('Control+k')
  await expect(palette).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/#\/costs$/)

  await type('dark')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveClass(/dark/)
  // Found by its name in the other language, too.
  await type('简体中文')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '费用' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('settings')
  await expect(page.getByRole('option', { selected: true })).toHaveText('设置')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('the sheet of shortcuts opens anywhere but in a field', async () => {
  running = await launchApp()
  const { page } = running
  await page.getByRole('link', { name: 'Costs', exact: true }).click()
  const search = page.getByRole('searchbox').first()
  await search.fill('gpt')
  await search.press('?')
  await expect(search).toHaveValue('gpt?')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await search.blur()
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(sheet).toContainText('Go anywhere, do anything')
  await expect(sheet).toContainText('Choose several')
  await page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
})
