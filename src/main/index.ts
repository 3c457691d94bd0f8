import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { app, dialog, Menu, safeStorage } from 'electron'
import type { Console } from './console.ts'
import { openConsole } from './console.ts'
import { APP_LINK_SCHEME, readAppLink } from './electron/app-link.ts'
import { followUnread, pageOf, performAction } from './electron/desktop-alerts.ts'
import { focusWindow, openMainWindow, showPage } from './electron/main-window.ts'
import { PAGE_ORIGIN, PAGE_URL, registerPageScheme, servePages } from './electron/page-protocol.ts'
import { createFileDialogs } from './electron/file-dialogs.ts'
import { createFolderShell } from './electron/folder-shell.ts'
import { guardContents } from './electron/guard-contents.ts'
import { createFileSaver } from './electron/save-file.ts'
import { createSecretCipher } from './electron/secret-cipher.ts'
import { createSystemNotifier } from './electron/system-notifier.ts'
import { acceptWindowPorts } from './electron/window-port.ts'
import { stderrLog as log } from './log.ts'
import type { StartOptions } from './options.ts'
import { readStartOptions } from './options.ts'

let core: Console | undefined
let window: BrowserWindow | undefined
let pageUrl = PAGE_URL
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
  guardContents(devOrigin() ?? PAGE_ORIGIN)
  app.on('second-instance', (_event, args) => openPage(args.flatMap((arg) => readAppLink(arg) ?? [])[0]))
  // macOS; elsewhere a link starts the application once more.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    openPage(readAppLink(url))
  })
  // Unpackaged it would be Electron itself that links open.
  if (app.isPackaged) app.setAsDefaultProtocolClient(APP_LINK_SCHEME)
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
  pageUrl = devUrl() ?? PAGE_URL
  servePages(join(import.meta.dirname, '../renderer'))
  Menu.setApplicationMenu(standardMenu())
  const notifier = createSystemNotifier({
    onOpen: (notification) => openPage(pageOf(notification)),
    onAction(action, notification) {
      if (!core) return
      performAction(core, action, notification).catch((error: unknown) =>
        log.error('the button of a notification did nothing', error),
      )
    },
  })
  core = await openConsole({
    ...options,
    // A package has its own; what the environment names would be code that its fuses keep out.
    nativeBinding: app.isPackaged ? undefined : process.env['LLMOPS_SQLITE_BINDING'],
    saveFile: createFileSaver({ windowOf: () => window, log }),
    dialogs: createFileDialogs({ windowOf: () => window }),
    folderShell: createFolderShell(() => window),
    // A process anew: the window and all that it shows begin anew, too.
    restart() {
      app.relaunch()
      app.quit()
    },
    notifier,
    secretCipher: createSecretCipher(safeStorage),
    locale: app.getLocale(),
    log,
  })
  acceptWindowPorts({ router: core.router, pageOrigin: devOrigin() ?? PAGE_ORIGIN, log })
  log.info(`the collector listens on ${core.url}; data are in ${core.dataDir}`)
  window = openMainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    pageUrl,
    isHidden: options.isHidden,
  })
  followUnread({ core, window, openPage, log })
  const linked = process.argv.flatMap((arg) => readAppLink(arg) ?? [])[0]
  if (linked !== undefined) showPage(window, pageUrl, linked)
}

/** Only while developing: pages come from Vite's server. */
function devUrl(): string | undefined {
  return app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
}

function devOrigin(): string | undefined {
  const url = devUrl()
  return url && new URL(url).origin
}

/** Brings the window to the front, on a page if one is given. */
function openPage(page?: string): void {
  if (!window) return
  if (page !== undefined) showPage(window, pageUrl, page)
  focusWindow(window)
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
