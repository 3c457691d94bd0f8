import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

test('a word is found inside a sentence, shown where it stands, and gone through in the call', async () => {
  running = await launchApp()
  const { page } = running
  const found = {
    requestId: 'found',
    app: 'shop',
    prompt: [{ role: 'user', content: '我们的网络延迟很高，"延迟"怎么办？<b>' }],
    response: `${'很长的回复。'.repeat(1_000)}最后是延迟。`,
  }
  const answer = await fetch(`${running.url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([found, { requestId: 'other', app: 'shop', prompt: 'nothing of it' }]),
  })
  expect(answer.ok).toBe(true)

  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  await page.getByRole('searchbox').fill('"延迟"怎')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('snippet')).toHaveCount(1)
  await expect(page.getByTestId('snippet').locator('mark')).toHaveText('"延迟"怎')
  await page.getByRole('searchbox').fill('延迟')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('snippet').locator('mark')).toHaveText('延迟')

  await page.getByTestId('calls').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const bar = page.getByTestId('match-bar')
  await expect(bar).toContainText('1 of 3')
  const current = page.locator('mark.current-match')
  await page.keyboard.press('F3')
  await page.keyboard.press('F3')
  await expect(bar).toContainText('3 of 3')
  // Far behind the beginning that is shown of a long text.
  await expect(current).toBeInViewport()
  await page.keyboard.press('Shift+F3')
  await expect(bar).toContainText('2 of 3')
  await bar.getByRole('button', { name: 'Stop marking matches' }).click()
  await expect(page.locator('mark')).toHaveCount(0)

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByTestId('search-index').getByRole('button', { name: 'Rebuild' }).click()
  await expect(page.getByTestId('search-index')).toContainText('It keeps up by itself.')
})
