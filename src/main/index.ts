import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { app, dialog, Menu } from 'electron'
import type { Console } from './console.ts'
import { openConsole } from './console.ts'
import { focusWindow, openMainWindow } from './electron/main-window.ts'
import { PAGE_ORIGIN, PAGE_URL, registerPageScheme, servePages } from './electron/page-protocol.ts'
import { createFileSaver } from './electron/save-file.ts'
import { acceptWindowPorts } from './electron/window-port.ts'
import { stderrLog as log } from './log.ts'
import type { StartOptions } from './options.ts'
import { readStartOptions } from './options.ts'

let core: Console | undefined
let window: BrowserWindow | undefined
let isQuitting = false

function main(): void {
  const options = readStartOptions(process.argv.slice(1), process.env)
  // Electron's own files go beside the data, so that one data folder is one instance.
  app.setPath('userData', join(options.dataDir, 'electron'))
  if (!app.requestSingleInstanceLock()) {
    log.info('LLMOps Console is running already; its window comes to the front')
    app.exit(0)
    return
  }
  // Where the system cannot sandbox (root on Linux) the caller has said so, and Electron would refuse to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  registerPageScheme()
  app.on('second-instance', () => {
    if (window) focusWindow(window)
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (core === undefined) return
    event.preventDefault()
    quitSafely(core)
  })
  process.on('SIGTERM', () => app.quit())
  process.on('SIGINT', () => app.quit())
  app
    .whenReady()
    .then(() => start(options))
    .catch((error: unknown) => {
      log.error('the console could not start', error)
      if (!options.isHidden)
        dialog.showErrorBox('LLMOps Console', error instanceof Error ? error.message : String(error))
      app.exit(1)
    })
}

async function start(options: StartOptions): Promise<void> {
  // Only while developing: pages come from Vite's server.
  const devUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  const pageUrl = devUrl ?? PAGE_URL
  servePages(join(import.meta.dirname, '../renderer'))
  Menu.setApplicationMenu(standardMenu())
  core = await openConsole({
    ...options,
    nativeBinding: process.env['LLMOPS_SQLITE_BINDING'],
    saveFile: createFileSaver({ windowOf: () => window, log }),
    log,
  })
  acceptWindowPorts({ router: core.router, pageOrigin: devUrl ? new URL(devUrl).origin : PAGE_ORIGIN, log })
  log.info(`the collector listens on ${core.url}; data are in ${core.dataDir}`)
  window = openMainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    pageUrl,
    isHidden: options.isHidden,
  })
}

/** Commits what was taken before the process ends. */
function quitSafely(running: Console): void {
  if (isQuitting) return
  isQuitting = true
  running.close().then(
    () => app.exit(0),
    (error: unknown) => {
      log.error('closing failed', error)
      app.exit(1)
    },
  )
}

function standardMenu(): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
  ])
}

main()
