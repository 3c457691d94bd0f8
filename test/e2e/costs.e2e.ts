import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

async function openCosts(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Costs', exact: true }).click()
  await expect(page.getByTestId('catalogue-price').first()).toBeVisible()
}

const post = (url: string, calls: object[]) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })

const HOUSE = {
  app: 'shop',
  provider: 'house',
  model: 'house-model-2',
  inputTokens: 1_000_000,
  outputTokens: 100_000,
}

test('a model without a price is one click from one, and stored calls get it when they are priced again', async () => {
  running = await launchApp()
  const { page, url } = running
  await post(url, [HOUSE, HOUSE, { ...HOUSE, model: 'gpt-4o', provider: 'openai' }])
  await openCosts(page)
  const unpriced = page.getByTestId('unpriced')
  await expect(unpriced).toContainText('house-model-2')
  await expect(unpriced).toContainText('2 calls')

  await page.getByRole('button', { name: 'Add price house-model-2' }).click()
  await page.getByLabel('Input', { exact: true }).fill('3')
  await page.getByLabel('Output', { exact: true }).fill('15')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByTestId('own-price')).toContainText('house-model-2')

  await page.getByRole('button', { name: 'Show what would change' }).click()
  await expect(page.getByTestId('recalculated')).toContainText('2 of 3 calls would change: $3.50 → $12.50')
  await page.screenshot({ path: 'test-results/costs-dry-run.png' })
  await page.getByRole('button', { name: 'Change them' }).click()
  await expect(page.getByTestId('recalculated')).toContainText('2 of 3 calls have changed')
  await expect(unpriced).toHaveCount(0)

  await page.getByRole('link', { name: 'Dashboard', exact: true }).click()
  await expect(page.getByTestId('card-cost')).toContainText('$12.50')
})

test('what cannot be a price is said beside its field', async () => {
  running = await launchApp()
  const { page } = running
  await openCosts(page)
  await page.getByRole('button', { name: 'Add a price' }).click()
  await page.getByLabel('Input', { exact: true }).fill('-1')
  await page.getByLabel('Output', { exact: true }).fill('much')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Currency').fill('DOUBLOON')
  await page.getByLabel('Valid from').fill('soon')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('This is needed.')
  await expect(dialog).toContainText('It must not be less than 0.')
  await expect(dialog).toContainText('Write a number.')
  await expect(dialog).toContainText('Use a currency code such as USD or CNY.')
  await expect(dialog).toContainText('Write a day such as 2026-11-24.')
  await expect(dialog.getByLabel('Model', { exact: true })).toBeFocused()
  await page.screenshot({ path: 'test-results/costs-dialog.png' })
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('a price of the catalogue is found, switched off, and taken over as one’s own', async () => {
  running = await launchApp()
  const { page } = running
  await openCosts(page)
  await page.getByRole('searchbox').fill('alibaba qwen3-max')
  const row = page.getByTestId('catalogue-price')
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('alibaba')
  await expect(row).toContainText('over 32K')
  await expect(row).toContainText(/as of \w+ \d+, \d{4}/)
  await page.getByRole('button', { name: 'Disable qwen3-max' }).click()
  await expect(row).toContainText('off')

  await page.getByRole('button', { name: 'Use as own qwen3-max' }).click()
  await expect(page.getByLabel('Notes')).toHaveValue(/^From the catalogue, as of \d{4}-\d\d-\d\d: https:/)
  await page.getByLabel('Input', { exact: true }).fill('1')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByTestId('own-price')).toContainText('$1.00')

  await page.getByLabel('Currency').fill('cny')
  await page.getByLabel('In US dollars').fill('0.14')
  await page.getByRole('button', { name: 'Add rate' }).click()
  await expect(page.getByText('1 CNY = 0.14 USD')).toBeVisible()
})

test('a price changes from a day on, with the one before beside it, and its removal is undone', async () => {
  running = await launchApp()
  const { page, url, token } = running
  await openCosts(page)
  const dialog = page.getByRole('dialog')
  const own = page.getByTestId('own-price')
  await page.getByRole('button', { name: 'Add a price' }).click()
  await dialog.getByLabel('Model', { exact: true }).fill('house-model-2')
  await dialog.getByLabel('Input', { exact: true }).fill('3')
  await dialog.getByLabel('Output', { exact: true }).fill('15')
  await dialog.getByLabel('Currency').fill('CNY')
  await expect(dialog).toContainText('There is no exchange rate for CNY yet')
  await dialog.getByLabel('Currency').fill('USD')
  for (const [number, above] of [
    [1, '128,000'],
    [2, '128000'],
  ] as const) {
    await dialog.getByRole('button', { name: 'Add a length' }).click()
    await dialog.getByLabel(`Input over, length ${number}`).fill(above)
    await dialog.getByLabel(`Input, length ${number}`, { exact: true }).fill('-6')
    await dialog.getByLabel(`Output, length ${number}`).fill('30')
  }
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Input: It must not be less than 0.')
  for (const number of [1, 2]) await dialog.getByLabel(`Input, length ${number}`, { exact: true }).fill('6')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Each length must be greater than the one before.')
  await page.screenshot({ path: 'test-results/costs-tiers.png' })
  await dialog.getByRole('button', { name: 'Remove length 2' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(own).toContainText('over 128K: $6.00 / $30.00')
  await expect(own).toContainText('always')
  // A long input is priced by its length.
  await post(url, [{ ...HOUSE, requestId: 'long' }])

  await page.getByRole('button', { name: 'Change from a day on house-model-2' }).click()
  await expect(dialog.getByLabel('Input over, length 1')).toHaveValue('128000')
  await dialog.getByLabel('Input', { exact: true }).fill('5')
  await dialog.getByLabel('Valid from').fill('')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText(
    'There is a price for this model, provider and match from the same day on.',
  )
  await dialog.getByLabel('Valid from').fill('2020-01-01')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(own).toHaveCount(2)
  await expect(own.first()).toContainText('from Jan 1, 2020')
  await expect(own.last()).toContainText('past')
  await expect(own.last()).toContainText('until Jan 1, 2020')

  const call = await fetch(`${url}/v1/app-logs/long`, { headers: { authorization: `Bearer ${token}` } })
  expect(await call.json()).toMatchObject({ costNanos: 9_000_000_000 })
  await own.last().getByRole('button', { name: 'Remove' }).click()
  await expect(own).toHaveCount(1)
  await expect(page.getByText('Calls that it priced keep their cost.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(own).toHaveCount(2)
})

test('a budget follows the calls that come in, says when it is exceeded and what has no price, and its removal is undone', async () => {
  running = await launchApp()
  const { page, url } = running
  // 3 million tokens at $2.50.
  await post(url, [{ app: 'shop', provider: 'openai', model: 'gpt-4o', inputTokens: 3_000_000 }])
  await openCosts(page)
  const budget = page.getByTestId('budget')
  await page.getByRole('button', { name: 'Set $10.00 a month' }).click()
  await expect(budget).toContainText('All calls, monthly')
  await expect(budget).toContainText('$7.50 of $10.00')
  await expect(budget).toContainText('Left$2.50')

  await page.getByRole('button', { name: 'Add a budget' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Amount in US dollars').fill('0')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('This is needed.')
  await expect(dialog).toContainText('It must be greater than 0.')
  await dialog.getByLabel('Name').fill('Today <b>\u202eonly</b>')
  await dialog.getByLabel('Amount in US dollars').fill('1,000')
  await dialog.getByText('Day', { exact: true }).click()
  await dialog.getByLabel('App').fill('shop')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const today = budget.filter({ hasText: 'Today <b><U+202E>only</b>' })
  await expect(today).toContainText('$7.50 of $1,000.00')
  await expect(today).toContainText('App shop')
  await expect(today).toContainText('On track')

  // While the page is open: another $5, and a call that cannot be priced.
  await post(url, [
    { app: 'other', provider: 'openai', model: 'gpt-4o', inputTokens: 2_000_000 },
    { app: 'other', provider: 'house', model: 'house-model-2', inputTokens: 5 },
  ])
  const all = budget.filter({ hasText: 'All calls, monthly' })
  await expect(all).toContainText('$12.50 of $10.00')
  await expect(all).toContainText('Over by$2.50')
  await expect(all).toContainText('Exceeded')
  await expect(all).toContainText('1 call without a price is not included.')
  await expect(all.getByRole('meter')).toHaveAttribute('aria-valuetext', '$12.50 of $10.00, 125%')
  await expect(today).toContainText('$7.50')
  await page.screenshot({ path: 'test-results/costs-budgets.png' })

  await all.getByRole('button', { name: 'Edit' }).click()
  await dialog.getByLabel('Amount in US dollars').fill('1000')
  await dialog.getByLabel('Alerts watch this budget').uncheck()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(all).toContainText('$12.50 of $1,000.00')
  await expect(all).toContainText('Not watched')

  await today.getByRole('button', { name: 'Remove' }).click()
  await expect(today).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(today).toContainText('$7.50 of $1,000.00')
})
