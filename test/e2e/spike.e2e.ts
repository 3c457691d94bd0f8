import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

const postCalls = (url: string, calls: object[]) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })

/** Goes on with Tab until the element has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeAttached()
  for (let step = 0; step < 120; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${String(wanted)}`)
}

test('by keys alone: from a spike to its calls, to one of them, to what is said of it, and to its place in the figures', async () => {
  // Every step is some dozens of keys.
  test.slow()
  running = await launchApp()
  const { page, url } = running
  const now = Date.now()
  const spike = now - 30 * 60_000
  await postCalls(url, [
    ...Array.from({ length: 12 }, (_, index) => ({
      requestId: `spike-${index}`,
      app: 'shop',
      model: 'gpt-4o',
      startedAt: spike + index,
      durationMs: 9_000,
    })),
    ...Array.from({ length: 20 }, (_, index) => ({
      app: 'shop',
      model: 'gpt-4o',
      startedAt: now - 1_000 - index * 60_000,
      durationMs: 100,
    })),
  ])
  const press = (key: string) => page.keyboard.press(key)

  // The highest bucket of a chart is one key away, and says what it holds.
  await expect(page.getByTestId('card-requests')).toContainText('32')
  const chart = page.getByRole('slider', { name: 'Response time' })
  await tabTo(page, chart)
  await press('ArrowUp')
  await expect(chart).toHaveAttribute('aria-valuetext', /P99 9.00 s.*Requests 12/)
  await expect(page.locator('.chart-tooltip').filter({ hasText: '9.00 s' }).first()).toBeVisible()
  await page.screenshot({ path: 'test-results/chart-keys.png' })
  await press('Enter')
  await expect(page).toHaveURL(/#\/calls\?from=\d+&to=\d+/)
  await expect(page.getByText('12 calls', { exact: true })).toBeVisible()
  for (const key of ['j', 'j', 'j', 'Enter']) await press(key)
  await expect(page.getByTestId('request-id')).toHaveText('spike-10')

  await tabTo(page, page.getByRole('button', { name: 'Give feedback' }))
  await press('Enter')
  await press('1')
  await press('Tab')
  await page.keyboard.type('Sluggish at noon')
  await press('Control+Enter')
  await expect(page.getByTestId('feedback')).toContainText('Sluggish at noon')

  // Where it is worked on.
  await tabTo(page, page.getByRole('link', { name: 'Show in the feedback list' }))
  await press('Enter')
  await expect(page).toHaveURL(/#\/feedback\?/)
  const item = page.getByTestId('feedback')
  await expect(item).toContainText('Sluggish at noon')
  await press('j')
  await expect(item).toBeFocused()
  await press('r')
  await page.keyboard.type('More workers')
  await press('Enter')
  await expect(item).toContainText('More workers')

  // Its place in the statistics of feedback, and in those of calls.
  await tabTo(page, page.getByRole('radio', { name: 'Queue' }))
  await press('ArrowRight')
  await expect(page.getByRole('button', { name: /^sluggish: in 1 comment/ })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'shop' })).toContainText('100%')
  await tabTo(page, page.getByRole('link', { name: 'Dashboard', exact: true }))
  await press('Enter')
  await expect(page.getByTestId('card-satisfaction')).toContainText('0%')
})

test('several buckets are chosen by keys, and zoomed into', async () => {
  running = await launchApp()
  const { page, url } = running
  await postCalls(url, [{ app: 'shop', startedAt: Date.now() - 60_000, durationMs: 100 }])
  await expect(page.getByTestId('card-requests')).toContainText('1')
  const chart = page.getByRole('slider', { name: 'Requests' })
  await tabTo(page, chart)
  await page.keyboard.press('PageUp')
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/outOf=1h/)
  // Six of ten seconds each.
  const query = new URLSearchParams(page.url().split('?')[1])
  expect(Number(query.get('to')) - Number(query.get('from'))).toBe(60_000)
})
