import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ElectronApplication } from '@playwright/test'
import { expect, test } from '@playwright/test'
import SqliteDatabase from 'better-sqlite3'
import { electronPath, launchApp, makeDataDir } from './launch.ts'

test('the pages crash while calls are sent: they come back, and no call is lost', async () => {
  const { app, dataDir, url, token, close } = await launchApp()
  let answered = 0
  let isSending = true
  const sending = (async () => {
    while (isSending) {
      const response = await fetch(`${url}/v1/app-logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ app: 'through-a-crash', requestId: `crash-${answered}` }),
      })
      expect(response.status).toBe(200)
      answered += 1
      await sleep(5)
    }
  })()
  await expect.poll(() => answered).toBeGreaterThan(20)

  await crashPages(app)
  await expect.poll(() => textOfPage(app)).toContain('through-a-crash')
  const before = answered
  await expect.poll(() => answered).toBeGreaterThan(before + 20)
  isSending = false
  await sending

  const response = await fetch(`${url}/v1/collector/status`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(await response.json()).toMatchObject({
    counters: { accepted: answered },
    store: { calls: answered },
  })
  expect(readLog(dataDir)).toContain('the process of the pages ended')
  await close()
})

test('pages that keep crashing give way to a plain one, from which one can go on', async () => {
  const { app, dataDir, close } = await launchApp()
  for (let crash = 0; crash < 2; crash += 1) {
    await crashPages(app)
    await expect.poll(() => textOfPage(app)).toContain('Dashboard')
  }
  await crashPages(app)
  await expect.poll(() => textOfPage(app)).toContain('The window keeps failing')
  expect(await textOfPage(app)).toContain(join(dataDir, 'logs'))

  await inPage(app, 'document.querySelector("a").click()')
  await expect.poll(() => textOfPage(app)).toContain('Dashboard')
  await close()
})

test('the window comes back where it was and as large as it was, if there is a screen', async () => {
  const dataDir = makeDataDir()
  const first = await launchApp({ dataDir })
  const place = { x: 40, y: 60, width: 900, height: 620 }
  await first.app.evaluate(({ BrowserWindow }, bounds) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(bounds)
  }, place)
  await expect.poll(() => readPlaceFile(dataDir)).toMatchObject(place)
  await first.close()

  const second = await launchApp({ dataDir })
  const boundsOf = () =>
    second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  await expect.poll(boundsOf).toMatchObject(place)
  await second.close()
})

test('the menu has the standard roles, and speaks the language that is chosen', async () => {
  const { app, page, close } = await launchApp()
  const menu = () =>
    app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? [])
  expect(await menu()).toEqual(['File', 'Edit', 'View', 'Window', 'Help'])
  const click = (id: string) =>
    app.evaluate(({ Menu }, wanted) => {
      Menu.getApplicationMenu()?.getMenuItemById(wanted)?.click()
    }, id)
  await click('settings')
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()

  await page.getByRole('radiogroup', { name: 'Language' }).getByText('简体中文').click()
  await expect.poll(menu).toEqual(['文件', '编辑', '视图', '窗口', '帮助'])
  await click('connect')
  await expect(page.getByRole('heading', { name: '接入应用' })).toBeVisible()
  await close()
})

test('a second start with a link opens the call in the first window', async () => {
  const { page, dataDir, url, close } = await launchApp()
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'linked', requestId: 'linked/call 1', prompt: 'Where does this lead?' }),
  })
  const link = `llmops://calls/${encodeURIComponent('linked/call 1')}`
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const second = spawn(electronPath(), [...sandbox, '.', '--data-dir', dataDir, link], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'ignore',
  })
  expect((await once(second, 'exit'))[0]).toBe(0)

  await expect(page).toHaveURL(/#\/calls\/linked%2Fcall%201$/)
  await expect(page.getByText('Where does this lead?')).toBeVisible()
  await close()
})

test('a pause turns calls away, says so on every page, and is over with the next start', async () => {
  const dataDir = makeDataDir()
  const first = await launchApp({ dataDir })
  const post = (url: string) =>
    fetch(`${url}/v1/app-logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ app: 'shop' }),
    })
  await first.page.getByTestId('collector-indicator').click()
  await first.page.getByTestId('pause-collecting').click()
  const banner = first.page.getByTestId('paused-banner')
  await expect(banner).toContainText('Collecting is paused')
  await expect(first.page.getByTestId('collector-indicator')).toContainText('Paused')
  expect((await post(first.url)).status).toBe(503)
  await first.page.screenshot({ path: 'test-results/paused.png' })

  await banner.getByRole('button', { name: 'Resume collecting' }).click()
  await expect(banner).toBeHidden()
  expect((await post(first.url)).status).toBe(200)
  await fetch(`${first.url}/v1/collector/pause`, {
    method: 'POST',
    headers: { authorization: `Bearer ${first.token}` },
  })
  await expect(banner).toBeVisible()
  await first.close()

  const second = await launchApp({ dataDir })
  expect((await post(second.url)).status).toBe(200)
  await second.close()
})

test('closing the window asks once, and then does what was remembered', async () => {
  const { app, page, url, token, dataDir } = await launchApp()
  const closeWindow = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  const dialog = page.getByRole('dialog', { name: 'Keep collecting in the background?' })

  await closeWindow()
  await expect(dialog).toBeVisible()
  await page.screenshot({ path: 'test-results/close-dialog.png' })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(await isVisible()).toBe(true)

  await closeWindow()
  await dialog.getByRole('button', { name: 'Keep collecting' }).click()
  await expect.poll(isVisible).toBe(false)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)

  await app.evaluate(({ app: electron }) => {
    electron.emit('activate')
  })
  await expect.poll(isVisible).toBe(true)
  await closeWindow()
  await expect.poll(isVisible).toBe(false)
  await expect(dialog).toBeHidden()

  await app.evaluate(({ app: electron }) => {
    electron.emit('activate')
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  await page.getByRole('radiogroup', { name: 'When the window is closed' }).getByText('Quit').click()
  // What is on screen at once is stored a moment later.
  const stored = async (): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${url}/v1/settings`, { headers })).json()
  }
  await expect.poll(stored).toMatchObject({ closeWindow: 'quit' })
  const ended = once(app.process(), 'exit')
  await closeWindow().catch(() => undefined)
  expect((await ended)[0]).toBe(0)
  expect(readLog(dataDir)).not.toContain(' error ')
})

test('the tray says how today is, leads there, pauses, and quits once all that was taken is stored', async () => {
  const { app, page, url, token, dataDir } = await launchApp()
  // Nobody can click into the tray of another program; its menu is caught where it is handed over.
  await app.evaluate(({ Tray }) => {
    const show = Object.getOwnPropertyDescriptor(Tray.prototype, 'setContextMenu')?.value as (
      this: Electron.Tray,
      menu: Electron.Menu | null,
    ) => void
    Tray.prototype.setContextMenu = function (menu) {
      Reflect.set(globalThis, 'trayMenu', menu)
      show.call(this, menu)
    }
  })
  const trayMenu = () =>
    app.evaluate(() => {
      const menu = Reflect.get(globalThis, 'trayMenu') as Electron.Menu | undefined
      return menu?.items.map(({ label }) => label).filter((label) => label !== '')
    })
  const choose = (id: string) =>
    app.evaluate((_electron, wanted) => {
      ;(Reflect.get(globalThis, 'trayMenu') as Electron.Menu).getMenuItemById(wanted)?.click()
    }, id)
  const post = (requestId: string) =>
    fetch(`${url}/v1/app-logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ app: 'shop', requestId }),
    })
  await post('first')
  await expect
    .poll(trayMenu)
    .toEqual([
      'Open LLMOps Console',
      expect.stringMatching(/^Today: 1 request, \$/),
      'No alert is firing',
      'Pause collecting',
      'Quit LLMOps Console',
    ])

  await choose('today')
  await expect(page).toHaveURL(/#\/dashboard\?from=\d+&to=\d+$/)
  await choose('firing')
  await expect(page).toHaveURL(/#\/alerts\/records$/)
  await choose('pause')
  await expect(page.getByTestId('paused-banner')).toBeVisible()
  await expect.poll(trayMenu).toContain('Resume collecting')
  await choose('pause')
  await expect(page.getByTestId('paused-banner')).toBeHidden()
  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await choose('open')
  await expect.poll(isVisible).toBe(true)

  // Another program holds the database for a while: what was sent before the end waits for it, and so does the end.
  const other = new SqliteDatabase(join(dataDir, 'llmops.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  const answer = post('last')
  const waiting = async () => {
    const headers = { authorization: `Bearer ${token}` }
    const status = (await (await fetch(`${url}/v1/collector/status`, { headers })).json()) as {
      queue: { records: number }
    }
    return status.queue.records
  }
  await expect.poll(waiting, { intervals: [50] }).toBe(1)
  const finishing = app.waitForEvent('window')
  const ended = once(app.process(), 'exit')
  await choose('quit')
  const window = await finishing
  await expect(window.getByRole('heading', { name: 'Finishing…' })).toBeVisible()
  const visible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((one) => one.isVisible()).length)
  await expect.poll(visible).toBe(1)
  other.exec('COMMIT')
  // SQLite waits for five seconds; where all of this takes longer, the app is told to send it again.
  const { status } = await answer
  expect([200, 503]).toContain(status)
  expect((await ended)[0]).toBe(0)
  expect(other.prepare('SELECT count(*) FROM app_log').pluck().get()).toBe(status === 200 ? 2 : 1)
  other.close()
})

test('no feed of updates is asked until one is named, by https and with a key', async () => {
  const { page, close } = await launchApp()
  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  const updates = page.getByTestId('updates')
  await expect(updates).toContainText('no server is ever asked')
  await expect(updates.getByRole('button', { name: 'Check now' })).toBeHidden()

  await updates.getByRole('button', { name: 'Feed…' }).click()
  await updates.getByLabel('Address of the feed').fill('http://updates.example.com/')
  await updates.getByLabel('Public key').fill('a key')
  await updates.getByRole('button', { name: 'Save' }).click()
  await expect(updates.getByLabel('Address of the feed')).toHaveAccessibleDescription(/https address/)
  await expect(updates.getByLabel('Public key')).toHaveAccessibleDescription(/32 bytes/)

  await updates.getByLabel('Address of the feed').fill('https://updates.invalid/console/')
  await updates.getByLabel('Public key').fill(`${'A'.repeat(43)}=`)
  await page.screenshot({ path: 'test-results/desktop-settings.png' })
  await updates.getByRole('button', { name: 'Save' }).click()
  await updates.getByRole('button', { name: 'Check now' }).click()
  // Unpackaged there is nothing to replace.
  await expect(updates).toContainText('updated the way it was installed')
  await updates.getByRole('button', { name: 'Feed…' }).click()
  await updates.getByRole('button', { name: 'Turn off' }).click()
  await expect(updates).toContainText('no server is ever asked')
  await close()
})

function readLog(dataDir: string): string {
  return readFileSync(join(dataDir, 'logs', 'llmops-console.log'), 'utf8')
}

function readPlaceFile(dataDir: string): unknown {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'electron', 'window.json'), 'utf8'))
  } catch {
    return null
  }
}

/** Ends the process of the pages, as Chromium does when it fails. */
async function crashPages(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return new Promise<void>((resolve) => {
      contents?.once('render-process-gone', () => resolve())
      contents?.forcefullyCrashRenderer()
    })
  })
}

/** Playwright does not follow a page through a crash. */
async function inPage(app: ElectronApplication, script: string): Promise<unknown> {
  return app.evaluate(({ BrowserWindow }, code) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (!contents || contents.isCrashed() || contents.isLoading()) return ''
    return contents.executeJavaScript(code) as Promise<unknown>
  }, script)
}

const textOfPage = (app: ElectronApplication) => inPage(app, 'document.body.innerText')
