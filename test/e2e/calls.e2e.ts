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

  await page.getByRole('link', { name: 'gpt-4o' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'gpt-4o' })).toBeVisible()
  const messages = page.getByTestId('messages')
  await expect(messages.getByText('<img src=https://evil.example/a.png onerror=alert(1)>')).toBeVisible()
  await expect(messages.getByText('https://evil.example/b.png', { exact: true })).toBeVisible()
  await expect(messages.getByRole('img')).toHaveCount(0)
  await expect(messages.getByRole('heading')).toHaveText(['System', 'User', 'Assistant'])
  await messages.getByRole('button', { name: 'Show all 10,000 characters' }).click()
  await expect(messages.getByRole('button', { name: 'Show less' })).toBeVisible()
  await expect(page.getByText('120 tokens/s')).toBeVisible()
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
