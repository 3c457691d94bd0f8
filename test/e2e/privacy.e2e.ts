import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

test('what is taken out is tried, chosen and added to, and a user is forgotten', async () => {
  running = await launchApp()
  const { page, url } = running
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'shop', userId: 'ann@example.com', prompt: 'hello' }),
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  const privacy = page.getByRole('region', { name: 'Privacy' })

  await privacy.getByTestId('privacy-sample').fill('ann@example.com <b>EMP-123</b>')
  const result = privacy.getByTestId('privacy-result')
  // As text, whatever it is.
  await expect(result).toHaveText('ann@example.com <b>EMP-123</b>')
  await expect(result.locator('mark')).toHaveText(['ann@example.com'])
  await expect(privacy.getByText('(off)')).toBeVisible()
  await privacy.getByRole('switch', { name: 'E-mail addresses' }).click()
  await expect(privacy.getByText('(off)')).toBeHidden()

  await privacy.getByRole('button', { name: 'Add a pattern' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('staff')
  await dialog.getByLabel('Pattern').fill('EMP-(\\d+')
  await expect(dialog.getByText('A bracket has no counterpart.')).toBeVisible()
  await dialog.getByLabel('Pattern').fill('EMP-\\d+')
  await expect(dialog.getByText('A bracket has no counterpart.')).toBeHidden()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(result.locator('mark')).toHaveText(['ann@example.com', 'EMP-123'])

  await privacy.getByLabel('User id').fill('ann@example.com')
  await privacy.getByRole('button', { name: 'Look up' }).click()
  await expect(privacy.getByText('1 call, 0 pieces of feedback.')).toBeVisible()
  await privacy.getByRole('button', { name: 'Forget this user…' }).click()
  await page.getByTestId('confirm-forget').click()
  await expect(privacy.getByTestId('forget-outcome')).toContainText('Nothing of it is left in the files.')
})
