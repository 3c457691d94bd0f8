import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

async function openAlerts(page: Page, tab: string): Promise<void> {
  await page.getByRole('link', { name: 'Alerts', exact: true }).click()
  await page.getByRole('link', { name: tab, exact: true }).click()
}

/** Calls of which every second one failed. */
const FAILING = Array.from({ length: 40 }, (_, index) => ({
  app: index % 3 === 0 ? '<b>checkout</b>' : 'support-bot',
  model: 'gpt-4o',
  status: index % 2 === 0 ? 'error' : 'ok',
  durationMs: 800,
}))

const post = (url: string, calls: object[]) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })

/** Rules by which what has failed so far is well. */
async function raiseThresholds({ url, token }: RunningApp): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/alerts/rules`, { headers })
  const { items } = (await answer.json()) as { items: { id: string }[] }
  const conditions = [{ metric: 'failureRate', comparison: 'gt', threshold: 0.9 }]
  for (const { id } of items) {
    const body = JSON.stringify({ conditions })
    await fetch(`${url}/v1/alerts/rules/${id}`, { method: 'PUT', headers, body })
  }
}

test('a ready rule takes one click, fires, is muted, acknowledged, resolved with a note and reopened', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page, url } = running
  await openAlerts(page, 'Rules')
  await page
    .getByTestId('template-failures')
    .getByRole('button', { name: /Switch on/ })
    .click()
  const rule = page.getByTestId('alert-rule').filter({ hasText: 'Failure rate over 5%' })
  await expect(rule).toContainText('Failure rate > 5% · 5 min')

  // Firing at once makes the test short.
  await rule.getByRole('link').click()
  await page.getByLabel('Breached for').fill('0')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await post(url, FAILING)

  await page.getByRole('link', { name: 'Inbox' }).click()
  const record = page.getByTestId('alert-record')
  await expect(record).toContainText('Firing')
  await expect(page.getByTestId('unread-alerts')).toBeVisible()
  await record.getByRole('link', { name: 'Failure rate over 5%' }).click()
  await expect(page.getByRole('heading', { name: 'Failure rate over 5%' })).toBeVisible()
  // Opened is read.
  await expect(page.getByTestId('unread-alerts')).toHaveCount(0)

  await page.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(page.getByText('acknowledged', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Mute 1 h' }).click()
  await expect(page.getByText('muted', { exact: true })).toBeVisible()

  // Still breached it would fire again at once, and be another record.
  await raiseThresholds(running)
  await page.getByRole('button', { name: 'Resolve…' }).click()
  await page.getByLabel('Note').fill('The vendor was down <script>alert(1)</script>')
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve', exact: true }).click()
  await expect(page.getByText('The vendor was down <script>alert(1)</script>')).toBeVisible()
  await expect(page.getByText('Resolved', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Reopen' }).click()
  await expect(page.getByRole('button', { name: 'Resolve…' })).toBeVisible()
})

test('the editor shows what a rule would have done, takes shares in percent and keeps them', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page, url } = running
  await post(url, FAILING)
  await openAlerts(page, 'Rules')
  await page.getByRole('link', { name: 'Add a rule' }).click()
  await page.getByLabel('Name').fill('Half of them')
  await page.getByLabel('Threshold', { exact: true }).fill('7')
  await expect(page.getByTestId('preview')).toContainText('would have fired once')
  await page.getByLabel('Threshold', { exact: true }).fill('60')
  await expect(page.getByTestId('preview')).toContainText('would not have fired')
  await page.getByLabel('Threshold', { exact: true }).fill('7')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByTestId('alert-rule')).toContainText('Failure rate > 7% · 5 min')
  await page.getByRole('link', { name: 'Half of them' }).click()
  await expect(page.getByLabel('Threshold', { exact: true })).toHaveValue('7')
  // Thousands are written with commas, too.
  await page.getByLabel('Threshold', { exact: true }).fill('1,234')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByTestId('alert-rule')).toContainText('Failure rate > 1,234% · 5 min')

  // What a script changes meanwhile is not lost without a word.
  await page.getByRole('link', { name: 'Half of them' }).click()
  await page.getByLabel('Threshold', { exact: true }).fill('8')
  await raiseThresholds(running)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('This rule was changed elsewhere meanwhile.')).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByTestId('alert-rule')).toContainText('Failure rate > 8% · 5 min')
})

test('what cannot be a rule is said beside its field', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page } = running
  await openAlerts(page, 'Rules')
  await page.getByRole('link', { name: 'Add a rule' }).click()
  await page.getByLabel('Threshold', { exact: true }).fill('a lot')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('This is needed.')).toBeVisible()
  await expect(page.getByText('Write a number.')).toBeVisible()
})

test('a channel that cannot be is told why beside its fields, in Chinese as well, and the first has the focus', async () => {
  running = await launchApp({ language: 'zh-CN' })
  const { page } = running
  await page.evaluate(() => (location.hash = '#/alerts/channels'))
  await page.getByRole('button', { name: '添加渠道' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '保存' }).press('Enter')
  await expect(dialog.getByLabel('名称', { exact: true })).toBeFocused()
  await expect(dialog.getByText('请填写类似 Ops <ops@example.com> 的地址。')).toBeVisible()

  await dialog.getByLabel('名称', { exact: true }).fill('值班组')
  await dialog.getByLabel('邮件服务器').fill('smtp.example.com')
  await dialog.getByLabel('发件人').fill('ops@example.com')
  await dialog.getByLabel('收件人').fill('ann@example.com，bob@example.com；ops@example.com')
  await dialog.getByRole('button', { name: '保存' }).press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: '值班组' })).toBeVisible()
})

test('a rule that is removed comes back with undo', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page } = running
  await openAlerts(page, 'Rules')
  await page
    .getByTestId('template-silence')
    .getByRole('button', { name: /Switch on/ })
    .click()
  await page.getByRole('button', { name: 'Remove Nothing arrives' }).click()
  await expect(page.getByTestId('alert-rule')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(page.getByTestId('alert-rule')).toContainText('Nothing arrives')
})

test('everything of one app is muted for an hour, and that is ended by hand', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page } = running
  await openAlerts(page, 'Silences')
  await page.getByRole('button', { name: 'Mute alerts' }).click()
  await page.getByLabel('App', { exact: true }).fill('checkout')
  await page.getByLabel('Reason').fill('Deploying')
  await page.getByRole('button', { name: 'Mute', exact: true }).click()
  const silence = page.getByTestId('silence')
  await expect(silence).toContainText('Active')
  await expect(silence).toContainText('checkout')
  await silence.getByRole('button', { name: 'End now' }).click()
  await expect(page.getByText('Nothing is muted')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(silence).toContainText('Active')
})

test('a channel is added, says where its secret is kept, and what stands in the way of a test', async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page } = running
  await openAlerts(page, 'Channels')
  await expect(page.getByTestId('channel')).toHaveCount(2)
  await page.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('On call')
  await dialog.getByLabel('From', { exact: true }).fill('nobody')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Write addresses such as Ops <ops@example.com>.')
  await expect(dialog.getByLabel('Mail server')).toBeFocused()
  await page.getByLabel('Kind').selectOption('webhook')
  await page.getByLabel('Name').fill('Home')
  await page.getByLabel('URL').fill('http://127.0.0.1:9/hook')
  await page.getByLabel('Secret').fill('s3cret')
  await page.getByRole('button', { name: 'Save' }).click()
  const channel = page.getByTestId('channel').filter({ hasText: 'Home' })
  await expect(channel).toContainText('http://127.0.0.1:9/hook')
  await channel.getByRole('button', { name: /Test/ }).press('Enter')
  await expect(channel).toContainText('The address is private, which this channel does not allow.')
  await expect(channel.getByRole('button', { name: /Test/ })).toBeFocused()
  await channel.getByRole('button', { name: /Edit/ }).click()
  // What is kept is never shown again.
  await expect(page.getByLabel('Secret')).toHaveValue('')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await channel.getByRole('button', { name: /Remove/ }).click()
  await expect(page.getByTestId('channel')).toHaveCount(2)
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(channel).toContainText('http://127.0.0.1:9/hook')
})
