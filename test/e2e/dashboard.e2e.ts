import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

const run = promisify(execFile)

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

/** Sends calls from a process of its own, as a dev app would. */
async function sendFromAnotherProcess(url: string, calls: object[]): Promise<void> {
  await run(process.execPath, [join(import.meta.dirname, 'post-calls.ts'), url, JSON.stringify(calls)])
}

const figure = (card: string) => running.page.getByTestId(`card-${card}`)

test('an empty console shows where to send calls, and its curl command works as it stands', async () => {
  running = await launchApp()
  const { page, url } = running
  await expect(page.getByRole('heading', { name: 'Ready for the first call' })).toBeVisible()
  await expect(page.getByTestId('collector-url')).toHaveText(url)
  await page.screenshot({ path: 'test-results/dashboard-empty.png' })

  const command = await page.getByTestId('curl-command').innerText()
  const { stdout } = await run('bash', ['-c', command])

  expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, rejected: 0 })
  await expect(figure('requests')).toContainText('1')
  await expect(page.getByRole('cell', { name: 'my-first-app' }).first()).toBeVisible()
})

test('a hundred calls from another process appear with the right success rate and P95', async () => {
  running = await launchApp()
  const { page, url } = running
  const now = Date.now()
  const calls = Array.from({ length: 100 }, (_, index) => ({
    requestId: `call-${index}`,
    app: 'checkout-bot',
    model: 'gpt-4o',
    userId: `user-${index % 7}`,
    status: index % 25 === 0 ? 'error' : 'ok',
    startedAt: now - index * 1_000,
    // 16, 32, … 1,600 ms in an order that is not sorted.
    durationMs: ((index * 37) % 100) * 16 + 16,
    inputTokens: 100,
    outputTokens: 20,
  }))

  await sendFromAnotherProcess(url, calls)

  const durations = calls.map((call) => call.durationMs).sort((a, b) => a - b)
  const p95 = durations[Math.ceil(0.95 * durations.length) - 1] ?? 0
  const succeeded = calls.filter((call) => call.status === 'ok').length
  await expect(figure('requests')).toContainText('100')
  await expect(figure('success-rate')).toContainText(`${succeeded}%`)
  await expect(figure('p95-time')).toContainText(`${p95 / 1000} s`)
  await expect(figure('tokens')).toContainText('12K')
  await expect(figure('cost')).toContainText('$0.045')
  await page.screenshot({ path: 'test-results/dashboard-100-calls.png' })
})

test('the window follows calls as they arrive, without a reload', async () => {
  running = await launchApp()
  const { page, url } = running
  await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'))

  for (const count of [1, 2, 3]) {
    await sendFromAnotherProcess(url, [{ app: 'live', requestId: `live-${count}` }])
    await expect(figure('requests').getByText(String(count), { exact: true })).toBeVisible()
  }

  await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes')
})

test('a span that OpenTelemetry exports appears like any other call', async () => {
  running = await launchApp()
  const { page, url } = running
  const nanos = (epochMs: number) => `${epochMs}000000`
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'chat qwen-max',
    startTimeUnixNano: nanos(Date.now() - 1_500),
    endTimeUnixNano: nanos(Date.now()),
    attributes: [attribute('gen_ai.operation.name', 'chat'), attribute('gen_ai.request.model', 'qwen-max')],
  }
  const resource = { attributes: [attribute('service.name', 'travel-agent')] }
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  })

  expect(response.status).toBe(200)
  // It is one of the newest, and the slowest, too.
  await expect(page.getByRole('row', { name: /travel-agent qwen-max/ }).first()).toContainText('1.50 s')
})

test('tokens that an app does not report are estimated and marked, until that is switched off', async () => {
  running = await launchApp()
  const { page, url } = running
  const call = {
    app: 'silent',
    provider: 'openai',
    model: 'gpt-4o',
    prompt: '2 + 2 = 4',
    response: 'So it is.',
  }
  const cells = (user: string) => page.getByRole('row', { name: user }).getByRole('cell')
  await sendFromAnotherProcess(url, [{ ...call, userId: 'first' }])

  await expect(cells('first').nth(6)).toHaveText('≈estimated 7 / 4')
  await expect(cells('first').nth(7)).toHaveText('≈estimated $0.000058')
  await expect(cells('first').nth(6).getByTestId('estimated')).toHaveAttribute(
    'title',
    /counted in its texts/,
  )
  await page.screenshot({ path: 'test-results/dashboard-estimated.png' })

  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('switch', { name: 'Estimate missing token counts' }).click()
  await expect(page.getByRole('switch', { name: 'Estimate missing token counts' })).not.toBeChecked()
  await page.screenshot({ path: 'test-results/settings-estimate.png' })
  await sendFromAnotherProcess(url, [{ ...call, userId: 'second' }])
  await page.getByRole('link', { name: 'Dashboard', exact: true }).click()
  await expect(cells('second').nth(6)).toHaveText('— / —')
  await expect(page.getByTestId('estimated')).toHaveCount(2)
})

test('names in other directions, and of what cannot be seen, stay in their cells and can be told apart', async () => {
  running = await launchApp()
  const { page, url } = running
  await sendFromAnotherProcess(url, [
    { app: 'בוט-קופה (1)', model: 'gpt-4o', userId: 'user\u202efdp.exe' },
    { app: 'checkout\u200b-bot', model: '\ufeff', userId: 'u-1' },
  ])

  await expect(page.getByRole('cell', { name: 'checkout<U+200B>-bot' })).toBeVisible()
  await expect(page.getByRole('cell', { name: '<U+FEFF>' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'user<U+202E>fdp.exe' })).toBeVisible()
  // Isolated, it begins at the left of its cell like the others, and its last sign is not moved to the front.
  const name = page.getByText('בוט-קופה (1)', { exact: true })
  await expect(name).toHaveCSS('unicode-bidi', 'isolate')
  expect(await name.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
  await page.screenshot({ path: 'test-results/dashboard-names.png' })
})

test('what an app logs is shown as text and cannot run, load or fetch anything', async () => {
  running = await launchApp()
  const { page, url } = running
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  const hostile = '<img src=http://127.0.0.1:9/x onerror="window.hacked=1"><script>window.hacked=1</script>'

  await sendFromAnotherProcess(url, [
    {
      app: hostile,
      model: 'javascript:window.hacked=1',
      userId: '\u202Eevil',
      errorType: hostile,
      prompt: hostile,
    },
  ])

  await expect(page.getByRole('cell', { name: hostile }).first()).toBeVisible()
  expect(await page.evaluate(() => Object.hasOwn(window, 'hacked'))).toBe(false)
  expect(requested.filter((address) => !address.startsWith('app://console/'))).toEqual([])
})

test('the time range lives in the address: back returns to the one before', async () => {
  running = await launchApp()
  const { page, url } = running
  await sendFromAnotherProcess(url, [{ app: 'old', startedAt: Date.now() - 3 * 3_600_000, durationMs: 5 }])
  await expect(page.getByText('No calls in this time range')).toBeVisible()

  await page.getByTestId('time-range').click()
  await page.getByRole('option', { name: 'Last 6 hours' }).click()
  await expect(page.getByRole('cell', { name: 'old' }).first()).toBeVisible()
  expect(page.url()).toContain('range=6h')

  await page.goBack()
  await expect(page.getByText('No calls in this time range')).toBeVisible()
  await page.getByRole('button', { name: 'Show the last 30 days' }).click()
  await expect(page.getByRole('cell', { name: 'old' }).first()).toBeVisible()

  // An address of another version, or one that somebody has typed, leads to the dashboard with all that it asks for.
  await page.evaluate(() => (location.hash = '#/overview?range=6h&app=old'))
  await expect(page).toHaveURL(/#\/dashboard\?range=6h&app=old$/)
  await expect(page.getByRole('cell', { name: 'old' }).first()).toBeVisible()
})

test('language and theme are chosen in the window and kept', async () => {
  running = await launchApp({ language: 'en' })
  const { page, dataDir } = running
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitem', { name: '简体中文' }).click()
  await expect(page.getByRole('heading', { name: '仪表盘' })).toBeVisible()
  await page.getByRole('button', { name: '主题' }).click()
  await page.getByRole('menuitem', { name: '深色' }).click()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await running.close()

  running = await launchApp({ language: 'en', dataDir })
  await expect(running.page.getByRole('heading', { name: '仪表盘' })).toBeVisible()
  await expect(running.page.locator('html')).toHaveClass(/dark/)
})

test('a system that speaks Chinese gets Chinese', async () => {
  running = await launchApp({ language: 'zh-CN', colorScheme: 'dark' })
  await expect(running.page.getByRole('heading', { name: '等待第一次调用' })).toBeVisible()
  await running.page.screenshot({ path: 'test-results/dashboard-empty-zh-dark.png' })
})

test('each figure says how it changed since the period before, in words, too', async () => {
  running = await launchApp()
  const { page, url } = running
  const at = (minutesAgo: number) => Date.now() - minutesAgo * 60_000
  const call = { app: 'shop', model: 'gpt-4o', inputTokens: 100 }
  await sendFromAnotherProcess(url, [
    ...[1, 2, 3].map((ago) => ({ ...call, startedAt: at(ago), durationMs: 100, sessionId: 's-1' })),
    { ...call, startedAt: at(70), durationMs: 200 },
    { ...call, startedAt: at(80), durationMs: 200, status: 'error' },
  ])
  const delta = (card: string) => figure(card).getByTestId('delta')
  await expect(delta('requests')).toContainText('▲ 50%')
  await expect(delta('requests')).toHaveAttribute('title', 'up 50% vs previous hour (2)')
  await expect(delta('success-rate')).toContainText('▲ 50 pp')
  await expect(delta('average-time')).toContainText('down 50% vs previous hour (200 ms)')
  await expect(figure('requests')).toContainText('1 session')
  await expect(delta('satisfaction')).toHaveCount(0)

  // Before the last six hours there is nothing to compare with.
  await page.getByTestId('time-range').click()
  await page.getByRole('option', { name: 'Last 6 hours' }).click()
  await expect(figure('requests')).toContainText('5')
  await expect(page.getByTestId('delta')).toHaveCount(0)
})

test('filters narrow down the whole page, stay in its address and can be taken back', async () => {
  running = await launchApp()
  const { page, url } = running
  await sendFromAnotherProcess(url, [
    { app: 'shop', model: 'gpt-4o', appType: 'CHAT' },
    { app: 'shop', model: 'qwen-max' },
    { app: 'desk', model: 'gpt-4o' },
    { app: '<b>bold</b>' },
  ])
  await expect(figure('requests')).toContainText('4')

  const filter = page.getByTestId('filter-model')
  await filter.click()
  await page.keyboard.type('GPT')
  await page.getByRole('option', { name: /gpt-4o/ }).click()
  await expect(figure('requests')).toContainText('2')
  expect(page.url()).toContain('model=gpt-4o')
  const newest = page.getByRole('region', { name: 'Newest calls' }).last()
  await expect(newest.getByRole('cell', { name: 'qwen-max' })).toHaveCount(0)

  const breakdown = page.getByRole('region', { name: 'Breakdown' }).first()
  await breakdown.getByText('App', { exact: true }).click()
  await breakdown.getByRole('button', { name: 'desk' }).click()
  await expect(figure('requests').getByText('1', { exact: true })).toBeVisible()
  await page.screenshot({ path: 'test-results/dashboard-filtered.png' })

  await page.reload()
  await expect(page.getByTestId('filter-app')).toContainText('desk')
  await expect(page.getByTestId('filter-model')).toContainText('gpt-4o')
  await expect(figure('requests').getByText('1', { exact: true })).toBeVisible()
  await page.goBack()
  await expect(figure('requests')).toContainText('2')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await expect(figure('requests')).toContainText('4')

  // The range changes, the filter stays; calls without a model can be asked for.
  await page.getByTestId('filter-model').click()
  await page.getByRole('option', { name: '(none)' }).click()
  await page.getByTestId('time-range').click()
  await page.getByRole('option', { name: 'Last 7 days' }).click()
  await expect(newest.getByRole('cell', { name: '<b>bold</b>' })).toBeVisible()
  await expect(figure('requests').getByText('1', { exact: true })).toBeVisible()
})

test('a breakdown compares by any label, in any order, and the slowest and dearest calls are named', async () => {
  running = await launchApp()
  const { page, url } = running
  const calls = Array.from({ length: 12 }, (_, index) => ({
    app: 'shop',
    model: `model-${index}`,
    requestId: `call-${index}`,
    durationMs: 1_000 * (index + 1),
    cost: { amount: 12 - index, currency: 'USD' },
    ...(index < 3 ? { errorType: 'timeout' } : {}),
  }))
  await sendFromAnotherProcess(url, [...calls, { app: 'shop', model: 'model-7' }])

  const breakdown = page.getByRole('region', { name: 'Breakdown' }).first()
  const rows = breakdown.getByTestId('breakdown-row')
  await expect(rows).toHaveCount(10)
  await expect(rows.first()).toContainText('model-7')
  await breakdown.getByRole('button', { name: 'P95' }).click()
  await expect(rows.first()).toContainText('model-11')
  await expect(breakdown.getByRole('columnheader', { name: 'P95' })).toHaveAttribute(
    'aria-sort',
    'descending',
  )
  await breakdown.getByRole('button', { name: 'P95' }).click()
  await expect(rows.first()).toContainText('model-0')
  await breakdown.getByRole('button', { name: 'Show all 12' }).click()
  await expect(rows).toHaveCount(12)

  await breakdown.getByText('Error type', { exact: true }).click()
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('timeout')
  await breakdown.getByText('User', { exact: true }).click()
  await expect(breakdown).toContainText('None of these calls tells it.')

  const top = page.getByRole('region', { name: 'Top calls' }).first()
  await expect(top.getByRole('row')).toHaveCount(11)
  await expect(top.getByRole('row').nth(1)).toContainText('model-11')
  await top.getByText('Most expensive').click()
  await expect(top.getByRole('row').nth(1)).toContainText('model-0')
  expect(page.url()).toContain('top=cost')
})
