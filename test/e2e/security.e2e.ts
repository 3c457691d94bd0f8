import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'
import { POWERLESS, probePage, probePort } from './page-probes.ts'

let running: RunningApp

test.beforeEach(async () => {
  running = await launchApp()
})
test.afterEach(() => running.close())

test('a page can neither run what is not ours, nor load, open, embed or be given anything', async () => {
  const { policy, address, ...powers } = await probePage(running.page)

  expect(powers).toEqual(POWERLESS)
  expect(address).toMatch(/^app:\/\/console\//)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  const rest = policy.filter((directive) => directive !== "style-src-attr 'unsafe-inline'")
  expect(rest.join(' ')).not.toMatch(/unsafe|https?:|\*/)
})

test('the preload lives in a world of its own, and a window that somebody else opens is guarded as well', async () => {
  const { app, page } = running
  const devTools = await page.context().newCDPSession(page)
  const worlds: string[] = []
  devTools.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context.name))
  await devTools.send('Runtime.enable')
  expect(worlds).toContain('Electron Isolated Context')

  // Electron 33 tells, newer ones do not.
  const preferences = await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      const tell: unknown = Reflect.get(contents, 'getLastWebPreferences')
      return typeof tell === 'function' ? (tell.call(contents) as unknown) : undefined
    }),
  )
  for (const told of preferences.filter((given) => given !== undefined)) {
    expect(told).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      experimentalFeatures: false,
    })
  }

  const opened = await app.evaluate(async ({ BrowserWindow, session }) => {
    const careless = new BrowserWindow({
      show: false,
      webPreferences: { session: session.fromPartition('another'), webviewTag: true },
    })
    await careless.loadURL('about:blank')
    const found: unknown = await careless.webContents.executeJavaScript(`(async () => {
      const webview = document.body.appendChild(document.createElement('webview'))
      const isAttached = new Promise((resolve) => {
        webview.addEventListener('did-attach', () => resolve(true))
        setTimeout(() => resolve(false), 500)
      })
      webview.src = 'data:text/html,embedded'
      return {
        isWindowOpened: window.open('about:blank') !== null,
        notifications: Notification.permission,
        isAttached: await isAttached,
      }
    })()`)
    careless.destroy()
    return found
  })
  expect(opened).toEqual({ isWindowOpened: false, notifications: 'denied', isAttached: false })
})

test('two messages reach the main process from a page, and whatever comes on the port is checked', async () => {
  const { app, page, complaints } = running
  const listened = await app.evaluate(({ ipcMain }) => ipcMain.eventNames().map(String))
  // The port that all calls travel on, and where a dropped file lies.
  expect(listened.filter((name) => name !== 'error').sort()).toEqual(['llmops:connect', 'llmops:drop'])

  expect(await probePort(page)).toEqual([])
  // It still answers who asks properly.
  await page.reload()
  await expect(page.getByTestId('collector-indicator')).toBeVisible()
  expect(complaints.filter((text) => !text.includes('Content Security Policy'))).toEqual([])
})
