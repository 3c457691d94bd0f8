import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

const run = promisify(execFile)

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

async function openConnect(page: Page, way?: string): Promise<void> {
  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Connect an app' })).toBeVisible()
  if (way !== undefined) await page.getByRole('link', { name: new RegExp(`^${way}`) }).click()
}

const copied = () => running.app.evaluate(({ clipboard }) => clipboard.readText())

test('a command names the collector, is copied whole, and what it sends appears in the live line', async () => {
  running = await launchApp()
  const { page, url } = running
  await openConnect(page, 'HTTP')
  await expect(page.getByTestId('collector-url')).toHaveText(url)
  await expect(page.getByTestId('last-call')).toContainText('Nothing yet')
  await page.screenshot({ path: 'test-results/connect-empty.png' })

  await page.getByRole('button', { name: 'Copy Send a call' }).click()
  await expect(page.getByRole('button', { name: 'Copied Send a call' })).toBeVisible()
  const command = await copied()
  expect(command).toBe(await page.getByTestId('snippet').innerText())
  expect(command).toContain(`${url}/v1/app-logs`)
  await run('bash', ['-c', command])

  await expect(page.getByTestId('last-call')).toContainText('my-first-app')
  await expect(page.getByTestId('last-call')).toContainText(/\ds ago/)
  await expect(page.getByTestId('last-call')).toContainText('native')
})

test('a test call is stored and shows that calls arrive', async () => {
  running = await launchApp()
  const { page } = running
  await openConnect(page)

  const send = page.getByRole('button', { name: 'Send a test call' })
  await send.press('Enter')

  await expect(page.getByTestId('test-call-outcome')).toContainText('Stored')
  await expect(send).toBeFocused()
  await expect(page.getByTestId('last-call')).toContainText('llmops-console-test')
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await expect(page.getByRole('cell', { name: 'llmops-console-test' }).first()).toBeVisible()
})

test('a test call says that it waits for a paused collector', async () => {
  running = await launchApp()
  const { page, url, token } = running
  const pausing = await fetch(`${url}/v1/collector/pause`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(pausing.status).toBe(200)
  await openConnect(page)
  await page.getByRole('button', { name: 'Send a test call' }).click()
  await expect(page.getByTestId('test-call-outcome')).toHaveText(
    'Not stored: collecting is paused. Resume it first.',
  )
})

test('a client file is read as text, by keyboard too, and copied whole', async () => {
  running = await launchApp()
  const { page, url } = running
  const file = readFileSync(join(import.meta.dirname, '../../resources/sdk/app_log.py'), 'utf8')
  await openConnect(page, 'Python')
  await expect(page.getByTestId('snippet').first()).toHaveText(`curl -f -O ${url}/sdk/app_log.py`)

  await page.getByRole('button', { name: 'Read the file app_log.py' }).click()
  const text = page.getByTestId('client-file')
  expect(await text.textContent()).toBe(file)
  await text.focus()
  await page.keyboard.press('PageDown')
  await expect.poll(() => text.evaluate((element) => element.scrollTop)).toBeGreaterThan(0)

  await page.getByRole('button', { name: 'Copy app_log.py' }).click()
  await expect(page.getByRole('button', { name: 'Copied app_log.py' })).toBeVisible()
  expect(await copied()).toBe(file)
})

test('the way and its variants change the snippets, and the way lives in the address', async () => {
  running = await launchApp()
  const { page, url } = running
  await openConnect(page, 'OpenTelemetry')
  await expect(page.getByTestId('snippet').first()).toContainText(`OTEL_EXPORTER_OTLP_ENDPOINT=${url}`)
  await page.getByText('Node.js').click()
  await expect(page.getByText('--import @opentelemetry/auto-instrumentations-node')).toBeVisible()
  await page.getByText('PowerShell').click()
  await expect(page.getByTestId('snippet').first()).toContainText(
    `$env:OTEL_EXPORTER_OTLP_ENDPOINT = '${url}'`,
  )
  expect(page.url()).toContain('way=opentelemetry')

  await page.getByRole('link', { name: /^OpenAI/ }).click()
  await page.getByTestId('upstream-choice').click()
  await page.getByRole('option', { name: 'anthropic' }).click()
  await expect(page.getByTestId('snippet').last()).toContainText(`base_url="${url}/proxy/anthropic"`)

  await page.goBack()
  await expect(page.getByRole('heading', { name: 'OpenTelemetry' })).toBeVisible()
})

test('what is refused is listed by reason, with what to change', async () => {
  running = await launchApp()
  const { page, url } = running
  await openConnect(page)
  await expect(page.getByTestId('troubleshooting')).toBeHidden()

  const post = (headers: Record<string, string>, body: string) =>
    fetch(`${url}/v1/app-logs`, { method: 'POST', headers, body })
  await post({ 'content-type': 'text/plain' }, 'x')
  await post({ 'content-type': 'application/json', origin: 'https://page.test' }, '{"app":"a"}')
  await post({ 'content-type': 'application/json' }, '{"app":"a","inputTokens":-1}')

  const list = page.getByTestId('troubleshooting')
  await expect(list).toContainText('content-type 1')
  await expect(list).toContainText('Set Content-Type to application/json')
  await expect(list).toContainText('origin 1')
  await expect(list).toContainText('The request came from a web page')
  await expect(list).toContainText('inputTokens must be an integer >= 0 1')
  await page.getByRole('button', { name: '3 turned away' }).click()
  await expect(list).toBeFocused()
})

test('the name of an app is shown as text and can load nothing', async () => {
  running = await launchApp()
  const { page, url } = running
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  await openConnect(page)
  const hostile = '<img src=http://127.0.0.1:9/x onerror="window.hacked=1">'

  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: hostile }),
  })

  await expect(page.getByTestId('last-call')).toContainText(hostile)
  expect(await page.evaluate(() => Object.hasOwn(window, 'hacked'))).toBe(false)
  expect(requested.filter((address) => !address.startsWith('app://console/'))).toEqual([])
})
