import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { electronPath, launchApp, makeDataDir, readAddress } from './launch.ts'

test('the page is sandboxed: no Node, no inline scripts, no other origin, no other window', async () => {
  const { page, app, close } = await launchApp()

  expect(
    await page.evaluate(() => [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')]),
  ).toEqual(['undefined', 'undefined'])
  const policy = (await page.reload())?.headers()['content-security-policy']
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  const inline = await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.body.append(script)
    return Object.hasOwn(window, 'inlineRan')
  })
  expect(inline).toBe(false)
  const fetched = await page.evaluate(() =>
    fetch('http://127.0.0.1:9/').then(
      () => 'answered',
      () => 'refused',
    ),
  )
  expect(fetched).toBe('refused')
  expect(await page.evaluate(() => window.open('http://127.0.0.1:9/') === null)).toBe(true)
  await page.evaluate(() => (location.href = 'http://127.0.0.1:9/'))
  expect(page.url()).toContain('app://console/')
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await close()
})

test('a window that has to wait for its data says so', async () => {
  const dataDir = makeDataDir()
  // Nobody can read before this is read, which ends when it is written.
  const list = join(dataDir, 'forgotten.jsonl')
  execFileSync('mkfifo', [list])
  const { page, close } = await launchApp({
    dataDir,
    async whileOpening(window) {
      await expect(window.getByRole('status')).toContainText('Opening the data…', { timeout: 30_000 })
      await writeFile(list, '')
    },
  })

  await expect(page.getByText('Opening the data…')).toHaveCount(0)
  await close()
})

test('a second start brings the first window to the front and ends', async () => {
  const { app, page, dataDir, close } = await launchApp()
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())

  const second = spawn(electronPath(), [...noSandbox(), '.', '--data-dir', dataDir, '--port', '0'], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'ignore',
  })
  const [code] = (await once(second, 'exit')) as [number]

  expect(code).toBe(0)
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()))
    .toBe(false)
  await expect(page.getByRole('main')).toBeVisible()
  await close()
})

test('when the port is taken the next free one is used, and the window says so', async () => {
  const occupant = createServer().listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  const address = occupant.address()
  const taken = typeof address === 'object' && address !== null ? address.port : 0

  const { page, dataDir, close } = await launchApp({ args: ['--port', String(taken)] })

  const { port } = readAddress(dataDir)
  expect(port).toBeGreaterThan(taken)
  expect(port).toBeLessThan(taken + 10)
  await expect(page.getByTestId('collector-indicator')).toContainText(`Port ${taken} was taken`)
  await expect(page.getByTestId('collector-indicator')).toContainText(String(port))
  await close()
  occupant.close()
})

test('the window shows what came in and what was refused, by reason', async () => {
  const { page, url, close } = await launchApp()
  await fetch(`${url}/v1/app-logs`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' })
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ app: 'good' }, { app: 7 }]),
  })
  await expect(page.getByRole('cell', { name: 'good' }).first()).toBeVisible()

  await page.getByTestId('collector-indicator').click()

  const counters = page.getByRole('region', { name: 'What came in' })
  await expect(counters).toContainText('Calls stored1')
  await expect(counters).toContainText('Calls rejected1')
  await expect(counters).toContainText('content-type1')
  await page.screenshot({ path: 'test-results/collector-counters.png' })
  await close()
})

test('after kill -9 under load every call that was answered 2xx is there', async () => {
  const dataDir = makeDataDir()
  const first = await launchApp({ dataDir })
  const acknowledged: string[] = []
  let isKilled = false
  const sending = (async () => {
    for (let batch = 0; !isKilled; batch += 1) {
      const ids = Array.from({ length: 10 }, (_, index) => `kill-${batch}-${index}`)
      try {
        const response = await fetch(`${first.url}/v1/app-logs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(ids.map((requestId) => ({ requestId, app: 'kill', prompt: 'x'.repeat(500) }))),
        })
        if (response.ok) acknowledged.push(...ids)
      } catch {
        // The console was killed in the middle of this request.
      }
      await sleep(5)
    }
  })()
  await expect.poll(() => acknowledged.length).toBeGreaterThan(500)
  process.kill(readAddress(dataDir).pid, 'SIGKILL')
  isKilled = true
  await sending

  const second = await launchApp({ dataDir })
  const stored = new Set<string>()
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`
    const response = await fetch(`${second.url}/v1/app-logs?limit=1000${query}`, {
      headers: { authorization: `Bearer ${second.token}` },
    })
    const list = (await response.json()) as { items: { requestId: string }[]; nextCursor: string | null }
    for (const { requestId } of list.items) stored.add(requestId)
    cursor = list.nextCursor
  } while (cursor !== null)

  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
  await second.close()
})

function noSandbox(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}
