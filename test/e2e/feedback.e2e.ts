import type { Locator } from '@playwright/test'
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
  await expect(page.getByText('50%', { exact: true })).toBeVisible()
  // What is open stands first, and has the focus.
  await expect(items.first()).toContainText('Just right')
  await expect(items.first()).toBeFocused()
  await expect(items.nth(1)).toContainText('Told the shop')

  await page.getByText('Done', { exact: true }).click()
  await expect(items).toHaveCount(1)
  await items.focus()
  await page.keyboard.press('u')
  await expect(page.getByText('Nothing here')).toBeVisible()
})

test('much is chosen, tagged, assigned and resolved at once by keys, and taken back', async () => {
  running = await launchApp()
  const { page, url } = running
  for (let index = 0; index < 4; index += 1)
    await post(url, '/v1/feedback', { id: `f${index}`, requestId: `r${index}`, rating: 1 + index })
  await page.getByRole('link', { name: 'Feedback', exact: true }).click()
  const items = page.getByTestId('feedback')
  await expect(items).toHaveCount(4)
  const bulk = page.getByTestId('bulk')

  await items.first().focus()
  await page.keyboard.press('Shift+ArrowDown')
  await expect(bulk).toContainText('2 chosen')
  await page.keyboard.press('t')
  await page.keyboard.type('幻觉')
  await page.keyboard.press('Enter')
  await expect(page.getByText('2 tagged “幻觉”.')).toBeVisible()
  await expect(items.filter({ hasText: '幻觉' })).toHaveCount(2)

  await expect(items.nth(1)).toBeFocused()
  await page.keyboard.press('a')
  await page.keyboard.type('李雯')
  await page.keyboard.press('Enter')
  await expect(items.filter({ hasText: '@李雯' })).toHaveCount(1)

  await page.keyboard.press('Control+a')
  await page.keyboard.press('r')
  await expect(page.getByText('4 resolved.')).toBeVisible()
  await expect(page.getByText('100%', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).last().press('Enter')
  await expect(page.getByText('Taken back.')).toBeVisible()
  await expect(page.getByText('0%', { exact: true })).toBeVisible()
  // Only what was taken back.
  await expect(items.filter({ hasText: '幻觉' })).toHaveCount(2)
})

test('feedback is given on a call, stands in the list and in the statistics, and is resolved, by keys alone', async () => {
  running = await launchApp()
  const { page, url, token } = running
  await post(url, '/v1/app-logs', { requestId: 'one', app: 'shop', model: 'gpt-4o' })
  /** Goes on with Tab until the element has the focus. */
  const tabToElement = async (wanted: Locator) => {
    await expect(wanted).toBeAttached()
    for (let step = 0; step < 80; step += 1) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not reach ${String(wanted)}`)
  }
  const tabTo = (name: string | RegExp, role: 'button' | 'link' | 'radio' = 'button') =>
    tabToElement(page.getByRole(role, { name, exact: true }).first())
  await tabTo('Calls', 'link')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('row').filter({ hasText: 'shop' })).toBeVisible()
  await tabToElement(page.getByTestId('calls'))
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')

  await tabTo('Give feedback')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('radio', { name: '1 star', exact: true })).toBeFocused()
  await page.keyboard.press('2')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Slow <b>and</b> 不准确')
  await page.keyboard.press('Control+Enter')
  const given = page.getByTestId('feedback')
  await expect(given).toContainText('Slow <b>and</b> 不准确')
  await expect(given.getByRole('button', { name: 'Edit' })).toBeVisible()

  // One's own is changed, deleted, and comes back.
  await tabTo('Edit')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('radio', { name: '2 stars', exact: true })).toBeFocused()
  await page.keyboard.press('1')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Control+Enter')
  await expect(given.getByRole('img', { name: '1 of 5 stars' })).toBeVisible()
  await tabTo('Delete')
  await page.keyboard.press('Enter')
  await expect(given).toHaveCount(0)
  await tabTo('Undo')
  await page.keyboard.press('Enter')
  await expect(given.getByRole('img', { name: '1 of 5 stars' })).toBeVisible()

  await tabTo('Show in the feedback list', 'link')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('feedback')).toContainText('by a reviewer')
  await tabTo('Feedback', 'link')
  await page.keyboard.press('Enter')
  await tabTo('Queue', 'radio')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('button', { name: /^slow: in 1 comment, rated 1\.0 on average/ })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'shop' })).toContainText('100%')

  // A word leads back to what was said with it.
  await tabTo(/^slow:/)
  await page.keyboard.press('Enter')
  const item = page.getByTestId('feedback')
  await expect(item).toHaveCount(1)
  await item.focus()
  await page.keyboard.press('r')
  await page.keyboard.press('Enter')
  await expect(item).toContainText('Resolved')
  await expect(page.getByText('100%', { exact: true })).toBeVisible()

  // The call goes; what was said of it stays.
  await fetch(`${url}/v1/app-logs/one`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  await expect(item).toContainText('the call is no longer kept', { timeout: 20_000 })
  await item.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('The call is no longer kept; what was said of it is.')).toBeVisible()
  await expect(page.getByTestId('feedback')).toContainText('不准确')
})

test('without feedback it says how apps send it', async () => {
  running = await launchApp()
  await running.page.getByRole('link', { name: 'Feedback', exact: true }).click()
  await expect(running.page.getByText('POST /v1/feedback')).toBeVisible()
})
