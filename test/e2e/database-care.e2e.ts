import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

test('the database is measured, checked, compacted and backed up from the settings', async () => {
  running = await launchApp()
  const { page, dataDir, url } = running
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: 50 }, () => ({ app: 'a', prompt: 'x'.repeat(1_000) }))),
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Measure' }).click()
  await expect(page.getByRole('term').filter({ hasText: 'Prompts and responses' })).toBeVisible()
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByTestId('database-check')).toContainText('Whole, as of')
  await page.getByRole('button', { name: 'Compact', exact: true }).click()
  await expect(page.getByTestId('database-compact')).toContainText('Done:')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await expect(page.getByTestId('backup-now')).toContainText('is whole, with 50 calls')
  await expect(page.getByTestId('backups').getByRole('row')).toHaveCount(2)
  expect(readdirSync(join(dataDir, 'backups'))).toHaveLength(1)
  await page.getByRole('button', { name: /^Restore the backup of/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Restore this backup?' })
  await expect(dialog).toContainText('50 calls')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: /^Delete the backup of/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('There are no backups yet.')).toBeVisible()
})
