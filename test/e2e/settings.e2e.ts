import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
let vendor: Server | undefined
test.afterEach(async () => {
  vendor?.close()
  vendor = undefined
  expect(running.complaints).toEqual([])
  await running.close()
})

async function openSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  await expect(page.getByRole('rowheader', { name: /^openai/ })).toBeVisible()
}

/** A vendor of this machine that answers every chat. */
async function startVendor(): Promise<string> {
  vendor = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          model: 'house-model',
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hi!' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
        }),
      )
    })
  }).listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  const address = vendor.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const postCall = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"app":"with-token"}',
  })

test('an upstream that is added carries calls; removed, it does not until that is undone', async () => {
  running = await launchApp()
  const { page, url } = running
  const vendorUrl = await startVendor()
  await openSettings(page)

  await page.getByRole('button', { name: 'Add an upstream' }).click()
  await page.getByLabel('Name').fill('house')
  await page.getByLabel('Base URL').fill(vendorUrl)
  await page.getByRole('button', { name: 'Save' }).click()

  const row = page.getByRole('row', { name: /^house/ })
  await expect(row).toContainText(`${url}/proxy/house`)
  const chat = () =>
    fetch(`${url}/proxy/house/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-llmops-app': 'through-the-house' },
      body: JSON.stringify({ model: 'house-model', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  expect((await chat()).status).toBe(200)

  await row.getByRole('button', { name: 'Remove house' }).click()
  await expect(row).toBeHidden()
  expect((await chat()).status).toBe(404)
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect(row).toBeVisible()
  expect((await chat()).status).toBe(200)

  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await expect(page.getByTestId('last-call')).toContainText('through-the-house')
  await expect(page.getByTestId('last-call')).toContainText('through the proxy')
})

test('what cannot be an upstream is refused beside its field', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  await page.getByRole('button', { name: 'Add an upstream' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add an upstream' })
  const save = () => dialog.getByRole('button', { name: 'Save' }).click()

  await dialog.getByLabel('Name').fill('My Gateway')
  await dialog.getByLabel('Base URL').fill('gateway.example.com')
  await save()
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/lower-case letters/)
  await expect(dialog.getByLabel('Base URL')).toHaveAccessibleDescription(/must start with http/)
  await page.screenshot({ path: 'test-results/settings-upstream-refused.png' })

  await dialog.getByLabel('Name').fill('openai')
  await dialog.getByLabel('Base URL').fill('https://gateway.example.com')
  await save()
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription('There is an upstream with this name.')

  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: 'Add an upstream' })).toBeFocused()
})

test('a built-in upstream takes another base URL and gets its own back', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  const row = page.getByRole('row', { name: /^openai/ })

  await row.getByRole('button', { name: 'Edit openai' }).click()
  await expect(page.getByLabel('Name')).toBeDisabled()
  await page.getByLabel('Base URL').fill('https://gateway.example.com/')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText('https://gateway.example.com')

  await row.getByRole('button', { name: 'Reset openai' }).click()
  await expect(row).toContainText('https://api.openai.com')
  await expect(row.getByRole('button', { name: 'Reset openai' })).toBeHidden()
})

test('a token that is demanded is masked, copied whole, and demanded after a restart, too', async () => {
  running = await launchApp()
  const { dataDir } = running
  await openSettings(running.page)
  await running.page.getByTestId('require-token').click()
  await expect.poll(async () => (await postCall(running.url)).status).toBe(401)
  await running.close()

  running = await launchApp({ dataDir })
  const { page, app, url } = running
  expect((await postCall(url)).status).toBe(401)
  await openSettings(page)
  await expect(page.getByRole('switch', { name: 'Require a token from local apps' })).toBeChecked()
  await expect(page.getByTestId('app-token')).toHaveText(/^•+$/)
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByTestId('app-token')).not.toContainText('•')
  const token = await page.getByTestId('app-token').innerText()
  expect((await postCall(url, { authorization: `Bearer ${token}` })).status).toBe(200)

  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await page.getByRole('link', { name: /^HTTP/ }).click()
  await expect(page.getByTestId('snippet')).toContainText('Bearer ••••')
  await page.getByRole('button', { name: 'Copy Send a call' }).click()
  await expect(page.getByRole('button', { name: 'Copied Send a call' })).toBeVisible()
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain(`Bearer ${token}`)
})

test('a new token is made only after a question, and ends the old one', async () => {
  running = await launchApp()
  const { page, url } = running
  await openSettings(page)
  await page.getByTestId('require-token').click()
  await page.getByRole('button', { name: 'Show' }).click()
  const token = page.getByTestId('app-token')
  await expect(token).not.toContainText('•')
  const before = await token.innerText()

  await page.getByRole('button', { name: 'Make a new one…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a new token?' })
  await expect(dialog).toContainText('Every app and web page that sends the present token is refused')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(token).toHaveText(before)
  await page.getByRole('button', { name: 'Make a new one…' }).click()
  await dialog.getByRole('button', { name: 'Make a new token' }).click()
  await expect(token).not.toHaveText(before)

  expect((await postCall(url, { authorization: `Bearer ${before}` })).status).toBe(401)
  const after = await token.innerText()
  expect((await postCall(url, { authorization: `Bearer ${after}` })).status).toBe(200)
})

test('web pages are let in by their exact origin, which is checked', async () => {
  running = await launchApp()
  const { page, url } = running
  await openSettings(page)
  const token = async () => {
    await page.getByRole('button', { name: 'Show' }).click()
    await expect(page.getByTestId('app-token')).not.toContainText('•')
    return page.getByTestId('app-token').innerText()
  }
  const fromPage = { origin: 'https://app.example.com', authorization: `Bearer ${await token()}` }
  const field = page.getByLabel('Origin', { exact: true })
  const add = () => page.locator('#access').getByRole('button', { name: 'Add', exact: true }).click()

  await field.fill('https://app.example.com/path')
  await add()
  await expect(field).toHaveAccessibleDescription(/without a path/)
  expect((await postCall(url, fromPage)).status).toBe(403)

  await field.fill('https://APP.example.com:443')
  await add()
  await expect(page.getByRole('listitem').filter({ hasText: 'https://app.example.com' })).toBeVisible()
  expect((await postCall(url, fromPage)).status).toBe(200)
  await field.fill('https://app.example.com')
  await add()
  await expect(field).toHaveAccessibleDescription('This origin is in the list.')

  await page.getByRole('button', { name: 'Remove https://app.example.com' }).click()
  await expect(page.getByText('None: calls from web pages are refused.')).toBeVisible()
  expect((await postCall(url, fromPage)).status).toBe(403)
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await expect.poll(async () => (await postCall(url, fromPage)).status).toBe(200)
})

test('language and theme can be chosen here, too', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await page.getByRole('radiogroup', { name: 'Language' }).getByText('简体中文').click()
  await expect(page.getByRole('heading', { name: '设置', exact: true })).toBeVisible()
  await expect(page.getByRole('radio', { name: '简体中文' })).toBeChecked()
})

test('what a script changes is shown at once, and a form that is filled in keeps both sides', async () => {
  running = await launchApp()
  const { page, url, token } = running
  const put = async (settings: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}/v1/settings`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(settings),
    })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { retention: Record<string, unknown> }
  }
  await openSettings(page)
  await put({ theme: 'dark' })
  await expect(page.locator('html')).toHaveClass(/dark/)

  const limits = page.getByRole('region', { name: 'Retention' })
  const { retention } = await put({})
  await put({ retention: { ...retention, bodiesDays: 20 } })
  const bodies = limits.getByLabel('Prompts and responses', { exact: true })
  await expect(bodies).toHaveValue('20')
  await expect(limits.getByText('Not saved yet')).toBeHidden()

  await bodies.fill('15')
  await put({ retention: { ...retention, bodiesDays: 25, callsDays: 90 } })
  await expect(limits.getByLabel('Calls', { exact: true })).toHaveValue('90')
  await expect(bodies).toHaveValue('15')
  await expect(limits.getByText('Changed elsewhere meanwhile, and shown as it is now: Calls.')).toBeVisible()
  await expect(limits.getByText('Changed elsewhere meanwhile: Prompts and responses.')).toBeVisible()
  await limits.getByRole('button', { name: 'Save limits' }).click()
  await expect(limits.getByText('Not saved yet')).toBeHidden()
  expect((await put({})).retention).toMatchObject({ bodiesDays: 15, callsDays: 90 })
})

test('a page begins at its top, wherever the one before was left', async () => {
  running = await launchApp()
  const { page } = running
  await openSettings(page)
  const content = page.getByRole('main')
  await content.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  expect(await content.evaluate((element) => element.scrollTop)).toBeGreaterThan(0)

  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Connect an app' })).toBeInViewport()
  await expect.poll(() => content.evaluate((element) => element.scrollTop)).toBe(0)
})

test('statistics are made anew from the calls, and say how far they are', async () => {
  running = await launchApp()
  const { page, url } = running
  const days = [0, 1, 2].map((day) => Date.now() - day * 24 * 3_600_000)
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(days.map((startedAt) => ({ app: 'shop', startedAt, sessionId: `s-${startedAt}` }))),
  })
  await openSettings(page)
  const row = page.getByTestId('rebuild')
  await row.getByRole('button', { name: 'Rebuild statistics' }).click()
  await expect(row).toContainText('Done: all 3 days were counted again.')
  await row.scrollIntoViewIfNeeded()
  await page.screenshot({ path: 'test-results/settings-rebuilt.png' })
  await page.getByRole('link', { name: 'Dashboard', exact: true }).click()
  await expect(page.getByTestId('card-requests')).toContainText('1 session')
})
