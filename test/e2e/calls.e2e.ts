import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

async function post(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.ok).toBe(true)
}

const open = (route: string) => running.page.evaluate((hash) => (location.hash = hash), `#${route}`)

test('a call is read as a conversation, with its tokens, its trace and what was said of it', async () => {
  running = await launchApp()
  const { page } = running
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  const trace = { traceId: 'a'.repeat(32), app: 'shop', startedAt: Date.now() - 2_000 }
  await post('/v1/app-logs', [
    { ...trace, requestId: 'outer/1', spanId: 'b1', operation: 'plan', durationMs: 1_500 },
    {
      ...trace,
      requestId: 'inner #2',
      spanId: 'b2',
      parentSpanId: 'b1',
      model: 'gpt-4o',
      durationMs: 1_000,
      ttftMs: 250,
      inputTokens: 1_200,
      outputTokens: 90,
      tags: ['<i>tag</i>'],
      attributes: { ticket: { id: 7 } },
      prompt: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '<img src=https://evil.example/a.png onerror=alert(1)>' },
            { type: 'image_url', image_url: { url: 'https://evil.example/b.png' } },
          ],
        },
      ],
      response: 'word '.repeat(2_000),
    },
  ])
  await post('/v1/feedback', { requestId: 'inner #2', rating: 2, comment: 'Too <b>long</b>' })

  // Among the newest calls, and among the slowest.
  await page.getByRole('link', { name: 'gpt-4o' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'gpt-4o' })).toBeVisible()
  const messages = page.getByTestId('messages')
  await expect(messages.getByText('<img src=https://evil.example/a.png onerror=alert(1)>')).toBeVisible()
  await expect(messages.getByText('https://evil.example/b.png', { exact: true })).toBeVisible()
  await expect(messages.getByRole('img')).toHaveCount(0)
  await expect(messages.getByRole('heading')).toHaveText(['System', 'User', 'Assistant'])
  await messages.getByRole('button', { name: 'Show all 10,000 characters' }).click()
  await expect(messages.getByRole('button', { name: 'Show less' })).toBeVisible()
  await expect(page.getByText('120 tokens/s')).toBeVisible()
  await expect(page.getByTestId('cost-breakdown')).toContainText('1,200 input')
  await expect(page.getByText('<i>tag</i>')).toBeVisible()
  await expect(page.getByTestId('feedback')).toContainText('Too <b>long</b>')
  await expect(page.getByRole('img', { name: '2 of 5 stars' })).toBeVisible()

  await page.getByText('Raw JSON', { exact: true }).click()
  await expect(page.getByText('"requestId": "inner #2"')).toBeVisible()
  await page.getByTestId('trace').getByRole('link', { name: 'plan' }).click()
  await expect(page.getByTestId('request-id')).toHaveText('outer/1')
  await page.goBack()
  await expect(page.getByTestId('request-id')).toHaveText('inner #2')
  expect(requested.filter((url) => url.includes('evil'))).toEqual([])
})

test('a call that is not there is said to be gone', async () => {
  running = await launchApp()
  await open('/calls/nothing')
  await expect(running.page.getByRole('heading', { name: 'There is no call with this id' })).toBeVisible()
})

test('calls are found, gone through by keys, and followed until that is paused', async () => {
  running = await launchApp()
  const { page } = running
  const now = Date.now()
  await post(
    '/v1/app-logs',
    Array.from({ length: 500 }, (_, index) => ({
      requestId: `call-${index}`,
      app: 'shop',
      model: index === 450 ? 'rare' : 'gpt-4o',
      startedAt: now - 1_000 - index * 1_000,
      durationMs: 100 + index,
      ...(index === 3 && { status: 'error', errorType: 'timeout', sessionId: 's-1' }),
      prompt: index === 400 ? 'where is my 订单 %' : 'hello',
    })),
  )
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  const list = page.getByTestId('calls')
  const rows = list.locator('[role=row][id]')
  await expect(page.getByText('200 calls loaded')).toBeVisible()
  // Only what is in view is drawn.
  expect(await rows.count()).toBeLessThan(80)

  await list.focus()
  await page.keyboard.press('End')
  await expect(page.getByText('400 calls loaded')).toBeVisible()
  await page.keyboard.press('End')
  await expect(page.getByText('500 calls', { exact: true })).toBeVisible()
  await page.keyboard.press('Home')
  await page.keyboard.press('j')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('k')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('request-id')).toHaveText('call-3')
  await page.getByRole('link', { name: 'Similar errors' }).click()
  await expect(rows).toHaveCount(1)
  await expect(page).toHaveURL(/errorType=timeout/)

  await open('/calls?range=1h')
  await page.getByRole('searchbox').fill('订单 %')
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(1)
  await expect(page).toHaveURL(/q=/)
  await page.getByRole('searchbox').fill('not there')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(page.getByText('200 calls loaded')).toBeVisible()

  await post('/v1/app-logs', { requestId: 'newest', app: 'live-app', startedAt: Date.now() })
  await expect(rows.first()).toContainText('live-app')
  await page.getByTestId('pause').click()
  await post('/v1/app-logs', { requestId: 'later', app: 'later-app', startedAt: Date.now() + 1 })
  await page.getByRole('button', { name: 'Newer calls' }).click()
  await expect(rows.first()).toContainText('later-app')

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByLabel('Provider').last().check()
  await expect(list.getByRole('columnheader', { name: 'Provider' })).toBeVisible()
  await page.reload()
  await expect(list.getByRole('columnheader', { name: 'Provider' })).toBeVisible()
})
