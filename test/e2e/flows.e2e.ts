import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

/**
 * What people do from end to end, by hand. Prices and costs, rules and their records, feedback and time ranges have
 * tests beside their pages (costs, alert-pages, feedback, overview); here is what leads over several pages.
 */
let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

const DAY_MS = 86_400_000

async function post(calls: object[]): Promise<void> {
  const answer = await fetch(`${running.url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })
  expect(answer.ok).toBe(true)
}

const open = (name: string) => running.page.getByRole('link', { name, exact: true }).first().click()

test('old calls are limited, previewed, archived and cleaned up, found in the archive and restored', async () => {
  test.setTimeout(120_000)
  running = await launchApp()
  const { page } = running
  const old = { app: 'old-shop', model: 'gpt-4o', startedAt: Date.now() - 60 * DAY_MS, durationMs: 100 }
  await post([
    ...Array.from({ length: 3 }, (_, index) => ({ ...old, requestId: `old-${index}`, prompt: 'needle' })),
    { app: 'new-shop', requestId: 'new' },
  ])

  await open('Settings')
  const retention = page.getByRole('region', { name: 'Retention' })
  await retention.getByRole('checkbox', { name: /Retention: Calls$/ }).uncheck()
  await retention.getByLabel('Calls', { exact: true }).fill('30')
  await retention.getByRole('button', { name: 'Save limits' }).click()
  await expect(retention.getByRole('button', { name: 'Save limits' })).toBeHidden()

  await retention.getByRole('button', { name: 'What would go' }).click()
  const preview = page.getByRole('dialog', { name: 'What would go' })
  await expect(preview.getByRole('row', { name: /^old-shop Calls 3/ })).toBeVisible()
  await preview.getByRole('button', { name: 'Run now' }).click()

  const archives = page.getByRole('region', { name: 'Archives' })
  const archive = archives.getByRole('table').getByRole('row').nth(1)
  await expect(archive).toContainText('3')
  await page.evaluate(() => (location.hash = '#/calls/old-0'))
  await expect(page.getByText('There is no call with this id')).toBeVisible()

  await open('Settings')
  await archive.getByRole('button', { name: /^Look inside/ }).click()
  const found = page.getByRole('dialog')
  await found.getByRole('textbox').fill('needle')
  await found.getByRole('button', { name: 'Search', exact: true }).click()
  await expect(found.getByRole('listitem')).toHaveCount(3)
  await page.keyboard.press('Escape')
  await archive.getByRole('button', { name: /^Restore/ }).click()
  await expect(archives.getByTestId('archives-work')).toContainText('3 calls came back')
  await page.evaluate(() => (location.hash = '#/calls/old-0'))
  await expect(page.getByTestId('request-id')).toHaveText('old-0')
})

test('a rule is written by hand, fires, tells of it, and its record is resolved', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page } = running
  await open('Alerts')
  await open('Rules')
  await page.getByRole('link', { name: 'Add a rule' }).click()
  await page.getByLabel('Name').fill('Too many of them')
  await page.getByLabel('Threshold', { exact: true }).fill('7')
  await page.getByLabel('Breached for').fill('0')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByTestId('alert-rule')).toContainText('Too many of them')

  await post(
    Array.from({ length: 40 }, (_, index) => ({ app: 'shop', status: index % 2 === 0 ? 'ok' : 'error' })),
  )
  await expect(page.getByTestId('unread-alerts')).toBeVisible()
  await page.getByRole('link', { name: 'Inbox' }).click()
  await page.getByTestId('alert-record').getByRole('link', { name: 'Too many of them' }).click()
  await expect(page.getByRole('region', { name: 'Notifications' })).toContainText('Sent')
  await page.getByRole('button', { name: 'Resolve…' }).click()
  await page.getByLabel('Note').fill('More of them are expected')
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve', exact: true }).click()
  await expect(page.getByText('More of them are expected')).toBeVisible()
})
