import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

const post = (url: string, path: string, body: unknown) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('feedback is gone through by keys alone, resolved with a note, and opened again', async () => {
  running = await launchApp()
  const { page, url } = running
  await post(url, '/v1/app-logs', [
    { requestId: 'one', app: 'shop', model: 'gpt-4o' },
    { requestId: 'two', app: 'shop', model: 'gpt-4o' },
  ])
  await post(url, '/v1/feedback', { requestId: 'one', rating: 5, comment: 'Just right' })
  await post(url, '/v1/feedback', {
    requestId: 'two',
    rating: 1,
    comment: '<img src="http://127.0.0.1:9/x">',
  })
  await page.getByRole('link', { name: 'Feedback', exact: true }).click()
  const items = page.getByTestId('feedback')
  await expect(items).toHaveCount(2)
  // Newest first, and text.
  await expect(items.first()).toContainText('<img src="http://127.0.0.1:9/x">')
  await expect(page.getByTestId('rating-1')).toContainText('1')

  await items.first().focus()
  await page.keyboard.press('j')
  await expect(items.nth(1)).toBeFocused()
  await page.keyboard.press('k')
  await page.keyboard.press('r')
  await page.keyboard.type('Told the shop')
  await page.keyboard.press('Enter')
  await expect(items).toHaveCount(1)
  await expect(page.getByText('50%')).toBeVisible()

  await page.getByText('Done', { exact: true }).click()
  await expect(items).toHaveCount(1)
  await expect(items).toContainText('Told the shop')
  await items.focus()
  await page.keyboard.press('u')
  await expect(page.getByText('Nothing here')).toBeVisible()
})

test('without feedback it says how apps send it', async () => {
  running = await launchApp()
  await running.page.getByRole('link', { name: 'Feedback', exact: true }).click()
  await expect(running.page.getByText('POST /v1/feedback')).toBeVisible()
})
