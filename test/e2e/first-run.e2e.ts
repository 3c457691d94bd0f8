import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

const SHOWN = { LLMOPS_FIRST_RUN: '' }
const stepTitle = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

/** Goes from where the focus is to a control, as by keyboard. */
async function tabTo(page: Page, role: 'button' | 'checkbox', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: role === 'button' })
  for (let presses = 0; presses < 30; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${name} is not reached by Tab`)
}

test('a fresh folder begins with three steps, taken by keyboard, and never again', async () => {
  test.slow()
  running = await launchApp({ env: SHOWN })
  const { page, dataDir } = running
  await expect(stepTitle(page, 'Welcome. How shall it look?')).toBeVisible()
  await page.getByRole('radio', { name: 'Dark' }).focus()
  await page.keyboard.press('Space')
  await expect(page.locator('html')).toHaveClass(/dark/)
  await tabTo(page, 'button', 'Next')
  await page.keyboard.press('Enter')

  await expect(stepTitle(page, 'Let calls come in')).toBeFocused()
  await expect(page.getByTestId('first-run-url')).toHaveText(running.url)
  await fetch(`${running.url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"app":"my-shop"}',
  })
  await expect(page.getByTestId('first-run-live')).toContainText('my-shop')
  await tabTo(page, 'button', 'Next')
  await page.keyboard.press('Enter')

  await expect(stepTitle(page, 'Be told when something goes wrong')).toBeFocused()
  await page.getByLabel('For a month').fill('0')
  await page.keyboard.press('Tab')
  await tabTo(page, 'button', 'Finish')
  await page.keyboard.press('Enter')
  await expect(page.getByText('More than 0.', { exact: true })).toBeVisible()
  await page.getByLabel('For a month').fill('80')
  await tabTo(page, 'button', 'Finish')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  await page.getByRole('link', { name: 'Costs', exact: true }).click()
  await expect(page.getByText('All calls', { exact: true }).first()).toBeVisible()
  await running.close()

  running = await launchApp({ dataDir, env: SHOWN })
  await expect(running.page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
})

test('the steps can be skipped, and taken again from the settings', async () => {
  running = await launchApp({ env: SHOWN })
  const { page } = running
  await page.getByRole('button', { name: 'Skip' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('link', { name: 'Take them again' }).click()
  await expect(stepTitle(page, 'Welcome. How shall it look?')).toBeVisible()
})

test('sample data comes with one click, is marked on every page, and goes with one click', async () => {
  test.slow()
  running = await launchApp({ env: SHOWN })
  const { page } = running
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Load sample data' }).click()
  await expect(page.getByRole('button', { name: 'Loaded' })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('sample-mark')).toContainText('Sample data')
  await page.getByRole('button', { name: 'Skip' }).click()
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  await expect(page.getByText('support-agent').first()).toBeVisible()

  await page.getByTestId('sample-mark').getByRole('button', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove the sample data?' })
  await dialog.getByRole('button', { name: 'Remove all of it' }).click()
  await expect(page.getByTestId('sample-mark')).toBeHidden({ timeout: 60_000 })
  await expect(page.getByText('support-agent')).toHaveCount(0)
})
