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
  await page.getByRole('button', { name: '1 new' }).click()
  await expect(rows.first()).toContainText('later-app')
})

/** Calls of the last minutes, newest first: `call-0`, `call-1`, … */
async function postCalls(count: number, change: (index: number) => object = () => ({})): Promise<void> {
  const now = Date.now()
  await post(
    '/v1/app-logs',
    Array.from({ length: count }, (_, index) => ({
      requestId: `call-${index}`,
      app: 'shop',
      model: 'gpt-4o',
      startedAt: now - 1_000 - index * 1_000,
      durationMs: 100 + index,
      ...change(index),
    })),
  )
}

test('the list is narrowed down by keys alone, and the address keeps it', async () => {
  running = await launchApp()
  const { page } = running
  await postCalls(40, (index) => ({
    ...(index % 10 === 0 && { status: 'error', errorType: 'timeout', tags: ['vip'] }),
    app: index < 20 ? 'shop' : 'desk',
    cost: { amount: index, currency: 'USD' },
  }))
  await post('/v1/feedback', { requestId: 'call-30', rating: 1 })
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  const rows = page.getByTestId('calls').locator('[role=row][id]')
  await expect(page.getByText('40 calls', { exact: true })).toBeVisible()

  // What to narrow down by, then which; how many there are is said beside it.
  await page.keyboard.press('f')
  await page.keyboard.type('sta')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('option', { name: /Error\s*4/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText('4 calls', { exact: true })).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.type('app')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('option', { name: /desk\s*20/ })).toBeVisible()
  await page.keyboard.type('desk')
  await page.keyboard.press('Enter')
  await expect(page.getByText('2 calls', { exact: true })).toBeVisible()
  await expect(page).toHaveURL(/status=error/)
  await expect(page).toHaveURL(/app=desk/)
  await page.reload()
  await expect(page.getByTestId('chips').getByRole('listitem')).toHaveCount(3)

  await page.keyboard.press('f')
  await page.keyboard.type('cost')
  await page.keyboard.press('Enter')
  await page.keyboard.type('cheap')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Write a number')).toBeVisible()
  await page.getByTestId('range-min').fill('25')
  await page.keyboard.press('Enter')
  await expect(rows).toHaveCount(1)
  await expect(page.getByTestId('chip-cost')).toContainText('≥ $25.00')
  await page.goBack()
  await expect(page.getByText('2 calls', { exact: true })).toBeVisible()

  // Without counts: a tag, and having feedback.
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await page.keyboard.press('f')
  await page.keyboard.type('tag')
  await page.keyboard.press('Enter')
  await page.keyboard.type('vip')
  await page.keyboard.press('Enter')
  await expect(page.getByText('4 calls', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'No longer by: Tag' }).click()
  await open('/calls?range=1h&hasFeedback=true')
  await expect(page.getByText('1 call', { exact: true })).toBeVisible()

  // An id is found at any time.
  await open('/calls?from=1600000000000&to=1600000001000&requestId=call-7')
  await page.getByRole('button', { name: 'Look at all times' }).click()
  await expect(rows).toHaveCount(1)
  await page.keyboard.press('?')
  await expect(page.getByTestId('keys')).toContainText('Add a filter')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('keys')).toBeHidden()
})

test('views and columns are arranged by keys and by dragging, and kept', async () => {
  running = await launchApp()
  const { page } = running
  await postCalls(5)
  await open('/calls?range=24h&app=shop')
  const heads = page.getByTestId('calls').getByRole('columnheader')
  await expect(heads.nth(1)).toHaveText('App')

  await page.getByTestId('column-app').focus()
  await page.keyboard.press('Alt+ArrowRight')
  await expect(heads.nth(2)).toHaveText('App')
  await page.keyboard.press('Shift+ArrowRight')
  const widthOf = async (at: number) => (await heads.nth(at).boundingBox())?.width ?? 0
  const before = await widthOf(1)
  const edge = await page.getByTestId('edge-model').boundingBox()
  const [x, y] = [(edge?.x ?? 0) + 4, (edge?.y ?? 0) + 10]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 80, y, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => widthOf(1)).toBeCloseTo(before + 80, 0)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Provider' }).check()
  await page.keyboard.press('Escape')
  await expect(heads.filter({ hasText: 'Provider' })).toBeVisible()

  await page.getByTestId('views').click()
  await page.getByPlaceholder('Name of the view').fill('<b>Shop</b>')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/view=/)
  await page.getByTestId('views').click()
  await page.getByRole('button', { name: 'Begin with <b>Shop</b>' }).click()
  await page.keyboard.press('Escape')

  // Begun with, as it was kept.
  await open('/settings')
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  await expect(page).toHaveURL(/range=24h/)
  await expect(page.getByTestId('chip-app')).toContainText('shop')
  await page.getByRole('button', { name: 'No longer by: App' }).click()
  await page.getByTestId('views').click()
  await expect(page.getByTestId('views')).toContainText('(changed)')
  await page.getByTestId('update-view').click()
  await expect(page.getByTestId('views')).not.toContainText('(changed)')
  await page.getByRole('button', { name: 'Delete <b>Shop</b>' }).click()
  await expect(page.getByTestId('view')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  await page.getByTestId('views').click()
  await expect(page.getByTestId('view')).toHaveCount(1)

  // Views are ordered by keys, which stay with what they move, also where it can go no further.
  await page.getByPlaceholder('Name of the view').fill('Second')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('views')).toContainText('Second')
  await page.getByTestId('views').click()
  const up = page.getByRole('button', { name: 'Move Second up' })
  await up.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('view').first()).toContainText('Second')
  await page.keyboard.press('Enter')
  await expect(up).toBeFocused()
  await page.keyboard.press('Escape')

  await page.reload()
  await expect(heads.filter({ hasText: 'Provider' })).toBeVisible()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('button', { name: 'As they come' }).click()
  await page.keyboard.press('Escape')
  await expect(heads.nth(1)).toHaveText('App')
})

test('one comes back from a call to the same place in the list', async () => {
  running = await launchApp()
  const { page } = running
  await postCalls(300)
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  const list = page.getByTestId('calls')
  await expect(page.getByText('200 calls loaded')).toBeVisible()
  await list.focus()
  await page.keyboard.press('End')
  await expect(page.getByText('300 calls', { exact: true })).toBeVisible()
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('PageDown')
  const chosen = list.locator('[aria-selected=true]')
  const time = await chosen.locator('time').getAttribute('datetime')
  const scrolled = await list.evaluate((element) => element.scrollTop)
  expect(scrolled).toBeGreaterThan(2_000)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('request-id')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(chosen.locator('time')).toHaveAttribute('datetime', time ?? '')
  await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBe(scrolled)
  // Where one was, one goes on.
  await page.keyboard.press('j')
  await expect(chosen.locator('time')).not.toHaveAttribute('datetime', time ?? '')
})

test('a call leads to its neighbours and to calls like it, is set as Markdown, and can be deleted', async () => {
  running = await launchApp()
  const { page } = running
  await postCalls(3, (index) => ({
    sessionId: 's-1',
    userId: 'ann',
    tags: ['vip'],
    model: `m-${index}`,
    inputTokens: 5,
    prompt: [{ role: 'system', content: 'word '.repeat(200) }],
    response:
      '# Title\n\n- **bold** <script>alert(1)</script>\n\n[site](https://evil.example) ![cat](https://evil.example/c.png)',
  }))
  await open('/calls?range=1h')
  await page.getByTestId('calls').getByText('m-1').click()
  await expect(page.getByTestId('request-id')).toHaveText('call-1')
  await expect(page.getByTestId('neighbours')).toContainText('m-2')
  await page.keyboard.press('[')
  await expect(page.getByTestId('request-id')).toHaveText('call-2')
  await expect(page.getByTestId('neighbours')).toContainText('No other call on this side')
  await page.keyboard.press(']')
  await expect(page.getByTestId('request-id')).toHaveText('call-1')
  await expect(page.getByRole('heading', { level: 1, name: 'm-1' })).toBeVisible()

  const messages = page.getByTestId('messages')
  await expect(messages.getByRole('button', { name: 'Show all 1,000 characters' })).toBeVisible()
  await messages.getByRole('button', { name: 'Markdown' }).last().click()
  await expect(messages.getByRole('heading', { name: 'Title' })).toBeVisible()
  await expect(messages.getByText('<script>alert(1)</script>')).toBeVisible()
  await expect(messages.getByText('(https://evil.example)')).toBeVisible()
  await expect(messages.getByText('[Image: cat]')).toBeVisible()
  await expect(messages.getByRole('link')).toHaveCount(0)

  // Without a price: one click from where it can be given.
  await page.getByRole('link', { name: 'Add price' }).click()
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Model' })).toHaveValue('m-1')
  await page.keyboard.press('Escape')
  await open('/calls/call-1')
  await expect(messages.getByRole('heading', { name: 'Title' })).toBeVisible()
  await page.getByRole('link', { name: 'ann' }).click()
  await expect(page.getByTestId('chip-userId')).toContainText('ann')
  await expect(page.getByText('3 calls', { exact: true })).toBeVisible()
  await page.getByTestId('calls').getByText('m-0').click()
  await page.getByRole('button', { name: 'Delete call' }).click()
  await page.getByTestId('confirm-delete').click()
  await expect(page.getByText('The call was deleted.')).toBeVisible()
  await expect(page.getByText('2 calls', { exact: true })).toBeVisible()
})

test('numbers of the dashboard lead to the calls behind them', async () => {
  running = await launchApp()
  const { page } = running
  await postCalls(10, (index) => ({
    app: index < 4 ? 'shop' : 'desk',
    ...(index === 0 && { status: 'error', errorType: 'timeout' }),
    ...(index < 3 && { cost: { amount: 1, currency: 'USD' } }),
  }))
  await open('/dashboard?range=1h&model=gpt-4o')
  await page.getByTestId('card-requests').getByRole('link', { name: '10' }).click()
  await expect(page.getByText('10 calls', { exact: true })).toBeVisible()
  await expect(page.getByTestId('chip-model')).toContainText('gpt-4o')
  await page.goBack()
  await page.getByTestId('card-requests').getByRole('link', { name: '1 error' }).click()
  await expect(page.getByText('1 call', { exact: true })).toBeVisible()
  await page.goBack()
  await page.getByTestId('card-cost').getByRole('link', { name: '7 unpriced' }).click()
  await expect(page.getByText('7 calls', { exact: true })).toBeVisible()
  await page.goBack()
  const breakdown = page.getByRole('region', { name: 'Breakdown' }).first()
  await breakdown.getByText('App', { exact: true }).click()
  await breakdown.getByRole('link', { name: '4', exact: true }).click()
  await expect(page.getByTestId('chip-app')).toContainText('shop')
  await expect(page.getByText('4 calls', { exact: true })).toBeVisible()
  await page.goBack()
  await breakdown.getByText('Error type', { exact: true }).click()
  await breakdown.getByRole('link', { name: 'timeout' }).click()
  await expect(page.getByTestId('chip-errorType')).toContainText('timeout')

  // A click into a chart, where nothing is dragged: the calls of one bucket.
  await page.goBack()
  const picture = page.getByRole('region', { name: 'Requests', exact: true }).getByRole('img').first()
  await picture.click({ position: { x: 200, y: 60 } })
  await expect(page).toHaveURL(/\/calls\?from=\d+&to=\d+&model=gpt-4o/)
  const query = new URLSearchParams(page.url().split('?')[1])
  expect(Number(query.get('to')) - Number(query.get('from'))).toBeLessThanOrEqual(60_000)
})

test('the list is sorted by a press on a column’s name, by keys as well, and the address keeps it', async () => {
  running = await launchApp()
  const { page } = running
  const startedAt = Date.now() - 60_000
  await post(
    '/v1/app-logs',
    [300, 900, null, 600].map((durationMs, index) => ({
      requestId: `sorted-${index}`,
      app: 'shop',
      model: `took-${durationMs ?? 'unknown'}`,
      startedAt: startedAt + index,
      ...(durationMs === null ? {} : { durationMs }),
      inputTokens: index + 1,
    })),
  )
  await open('/calls?range=24h')
  const list = page.getByTestId('calls')
  const rows = list.getByRole('row')
  const models = () => rows.locator('[role=gridcell]:nth-child(3)').allTextContents()
  const duration = list.getByRole('columnheader', { name: 'Duration' })
  await expect(duration).toHaveAttribute('aria-sort', 'none')
  await page.getByTestId('column-duration').click()
  await expect(duration).toHaveAttribute('aria-sort', 'descending')
  await expect.poll(models).toEqual(['took-900', 'took-600', 'took-300', 'took-unknown'])
  await expect(page).toHaveURL(/sort=duration/)
  await expect(page.getByTestId('order-note')).toContainText('Longest first.')

  await page.getByTestId('column-duration').focus()
  await page.keyboard.press('Enter')
  await expect(duration).toHaveAttribute('aria-sort', 'ascending')
  await expect.poll(models).toEqual(['took-300', 'took-600', 'took-900', 'took-unknown'])
  await page.getByTestId('column-tokens').focus()
  await page.keyboard.press('Space')
  await expect.poll(models).toEqual(['took-600', 'took-unknown', 'took-900', 'took-300'])
  await page.goBack()
  await expect.poll(models).toEqual(['took-300', 'took-600', 'took-900', 'took-unknown'])

  // A column that is dragged is moved, not sorted by.
  const head = await page.getByTestId('column-duration').boundingBox()
  const [x, y] = [(head?.x ?? 0) + 10, (head?.y ?? 0) + 8]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 240, y, { steps: 4 })
  await page.mouse.up()
  await expect(duration).toHaveAttribute('aria-sort', 'ascending')
  await page.getByRole('button', { name: 'By time' }).click()
  await expect(list.getByRole('columnheader', { name: 'Time' })).toHaveAttribute('aria-sort', 'descending')
  await expect.poll(async () => (await models()).length).toBe(4)
  await expect(page.getByTestId('order-note')).toHaveCount(0)
})
