import { homedir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { BrowserWindow } from 'electron'
import { app, dialog, Menu, nativeTheme, safeStorage, shell } from 'electron'
import type { Language } from '#shared/language.ts'
import { languageFor } from '#shared/language.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Console } from './console.ts'
import { openConsole } from './console.ts'
import { defaultDataDir } from './data-folder.ts'
import type { Desktop } from './desktop.ts'
import { APP_LINK_SCHEME, readAppLink } from './electron/app-link.ts'
import { applicationMenu } from './electron/application-menu.ts'
import { capturePage } from './electron/capture-page.ts'
import { pageOf, performAction } from './electron/desktop-alerts.ts'
import { closeAs, createCloseQuestion } from './electron/close-question.ts'
import { createDesktopTray } from './electron/desktop-tray.ts'
import { desktopWords } from './electron/desktop-words.ts'
import { followDrops } from './electron/dropped-files.ts'
import { createFileDialogs } from './electron/file-dialogs.ts'
import { openFinishingWindow } from './electron/finishing-window.ts'
import { createFolderShell } from './electron/folder-shell.ts'
import { guardContents } from './electron/guard-contents.ts'
import { followFigures, localDay } from './electron/follow-figures.ts'
import { logFailures } from './electron/log-failures.ts'
import { openLogFiles } from './electron/log-files.ts'
import { createLoginItem } from './electron/login-item.ts'
import { focusWindow, openMainWindow, showPage } from './electron/main-window.ts'
import { PAGE_ORIGIN, PAGE_URL, registerPageScheme, servePages } from './electron/page-protocol.ts'
import { plainPage } from './electron/plain-page.ts'
import { openedFileIn, pageOfFile } from './electron/opened-file.ts'
import { watchPower } from './electron/power-watch.ts'
import { createSafeQuit } from './electron/safe-quit.ts'
import { createFileSaver } from './electron/save-file.ts'
import { createSecretCipher } from './electron/secret-cipher.ts'
import { createSystemNotifier } from './electron/system-notifier.ts'
import type { TrayFigures } from './electron/tray-menu.ts'
import { createUpdater } from './electron/updater.ts'
import { guardWindow, logChildProcesses } from './electron/window-guard.ts'
import { acceptWindowPorts } from './electron/window-port.ts'
import type { Log } from './log.ts'
import { createLog, stderrLog } from './log.ts'
import type { StartOptions } from './options.ts'
import { readStartOptions } from './options.ts'

const CRASHED_PATH = '/crashed'
const FINISHING_PATH = '/finishing'
/** A close that takes longer is told of. */
const LONG_CLOSE_MS = 1_000

let log: Log = stderrLog
let logFolder = ''
let core: Console | undefined
let window: BrowserWindow | undefined
let pageUrl = PAGE_URL
/** A page that was asked for before there was a window. */
let wantedPage: string | undefined
/** A file that the system said to open, until a page takes it. */
let openedFile: string | undefined
let openings = 0
let quitSafely: (() => void) | undefined
let isQuitting = false
const closeQuestion = createCloseQuestion(() => core?.settings().closeWindow ?? 'quit')

function main(): void {
  let options: StartOptions
  try {
    options = readStartOptions(process.argv.slice(1), process.env)
  } catch (error) {
    log.error('the console could not start', error)
    dialog.showErrorBox('LLMOps Console', error instanceof Error ? error.message : String(error))
    app.exit(1)
    return
  }
  // Electron's own files go beside the data, so that one data folder is one instance.
  app.setPath('userData', join(options.dataDir, 'electron'))
  // Chromium puts switches of its own among those of a second start: what was given comes along as it was.
  if (!app.requestSingleInstanceLock({ args: process.argv.slice(1) })) {
    log.info('LLMOps Console is running already; its window comes to the front')
    app.exit(0)
    return
  }
  const files = openLogFiles(join(options.dataDir, 'logs'), {
    bytes: LIMITS.logFileBytes,
    files: LIMITS.logFiles,
  })
  logFolder = files.folder
  log = createLog((line) => {
    process.stderr.write(line)
    files.write(line)
  })
  logFailures(log)
  logChildProcesses(log)
  // Where the system cannot sandbox (root on Linux) the caller has said so, and Electron would refuse to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  registerPageScheme()
  guardContents(devOrigin() ?? PAGE_ORIGIN)
  app.on('second-instance', (_event, argv, folder, more) => openFrom(argumentsOf(more) ?? argv, folder))
  // macOS; elsewhere a link starts the application once more.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    openPage(readAppLink(url))
  })
  // macOS, as above.
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openFile(path)
  })
  // macOS: the icon in the dock was clicked.
  app.on('activate', () => openPage())
  // Unpackaged it would be Electron itself that links open.
  if (app.isPackaged) app.setAsDefaultProtocolClient(APP_LINK_SCHEME)
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    isQuitting = true
    if (!quitSafely) return
    event.preventDefault()
    quitSafely()
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
  servePages(
    join(import.meta.dirname, '../renderer'),
    new Map([
      [CRASHED_PATH, crashedPage],
      [FINISHING_PATH, finishingPage],
    ]),
  )
  const power = watchPower({
    onWake: () => core?.wake(),
    onShutdown: () => app.quit(),
    log,
  })
  const notifier = createSystemNotifier({
    onOpen: (notification) => openPage(pageOf(notification)),
    onAction(action, notification) {
      if (!core) return
      performAction(core, action, notification).catch((error: unknown) =>
        log.error('the button of a notification did nothing', error),
      )
    },
  })
  const updater = createUpdater({ feed: () => core?.settings().updateFeed ?? null, log })
  const opened = await openConsole({
    ...options,
    // A package has its own; what the environment names would be code that its fuses keep out.
    nativeBinding: app.isPackaged ? undefined : process.env['LLMOPS_SQLITE_BINDING'],
    saveFile: createFileSaver({ windowOf: () => window, log }),
    capturePage: (capture) => (window ? capturePage(window, capture) : Promise.resolve(undefined)),
    dialogs: createFileDialogs({
      windowOf: () => window,
      openedFile: takeOpenedFile,
      droppedFile: followDrops(devOrigin() ?? PAGE_ORIGIN),
    }),
    folderShell: createFolderShell(() => window),
    desktop: desktopOf(options),
    updates: updater,
    // A process anew: the window and all that it shows begin anew, too.
    restart() {
      app.relaunch()
      app.quit()
    },
    notifier,
    secretCipher: createSecretCipher(safeStorage),
    locale: app.getLocale(),
    mayWorkInBackground: () => !power.isOnBattery(),
    log,
  })
  core = opened
  quitSafely = createSafeQuit({
    close: () => opened.close(),
    onLong() {
      window?.hide()
      openFinishingWindow(`${PAGE_ORIGIN}${FINISHING_PATH}`)
    },
    exit: (code) => app.exit(code),
    limits: { longMs: LONG_CLOSE_MS, closeMs: LIMITS.closeMs },
    log,
  })
  acceptWindowPorts({ router: opened.router, pageOrigin: devOrigin() ?? PAGE_ORIGIN, log })
  log.info(`the collector listens on ${opened.url}; data are in ${opened.dataDir}`)
  followLanguage(opened)
  updater.start()
  window = openMainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    pageUrl,
    isHidden: options.isHidden,
    placeFile: join(app.getPath('userData'), 'window.json'),
    log,
  })
  meanByClosing(window)
  guardWindow({
    window,
    crashedUrl: `${PAGE_ORIGIN}${CRASHED_PATH}`,
    words: () => desktopWords(language()).stuck,
    log,
  })
  showInTray(opened, window)
  const file = openedFileIn(process.argv.slice(1), process.cwd())
  if (file !== undefined) openFile(file)
  const linked = wantedPage ?? linkIn(process.argv)
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
  if (!window) {
    wantedPage = page ?? wantedPage
    return
  }
  if (page !== undefined) showPage(window, pageUrl, page)
  focusWindow(window)
}

/** Does what a second start was for. One at login wants no window. */
function openFrom(args: readonly string[], folder: string): void {
  const file = openedFileIn(args, folder)
  if (file !== undefined) openFile(file)
  else if (!args.includes('--hidden')) openPage(linkIn(args))
}

function openFile(path: string): void {
  openings += 1
  openedFile = path
  openPage(pageOfFile(path, openings))
}

function takeOpenedFile(): string | undefined {
  const path = openedFile
  openedFile = undefined
  return path
}

function linkIn(args: readonly string[]): string | undefined {
  return args.flatMap((arg) => readAppLink(arg) ?? [])[0]
}

/** Of a second start, which may be an older version's. */
function argumentsOf(data: unknown): string[] | undefined {
  if (typeof data !== 'object' || data === null || !('args' in data) || !Array.isArray(data.args))
    return undefined
  return data.args.map(String)
}

function language(): Language {
  return core?.language() ?? languageFor('system', app.getLocale())
}

/** What the pages may ask of the desktop. */
function desktopOf(options: StartOptions): Desktop {
  const usual = defaultDataDir(process.platform, process.env, homedir())
  const loginItem = createLoginItem(options.dataDir === usual ? [] : ['--data-dir', options.dataDir])
  return {
    state: async () => ({ startAtLogin: loginItem.state(), logFolder }),
    setStartAtLogin: async (isOn) => loginItem.set(isOn),
    openLogs: openLogFolder,
    answerClose: (answer) => closeAs(answer, { hide: () => window?.hide(), quit: () => app.quit() }),
    events: (signal) => closeQuestion.events(signal),
  }
}

/** Closing the window ends the console only if that is what the user means by it. */
function meanByClosing(ofWindow: BrowserWindow): void {
  ofWindow.on('close', (event) => {
    if (isQuitting) return
    event.preventDefault()
    const decision = closeQuestion.decide()
    if (decision === 'hide') ofWindow.hide()
    if (decision === 'quit') app.quit()
  })
}

async function openLogFolder(): Promise<boolean> {
  return (await shell.openPath(logFolder)) === ''
}

/** Keeps today's figures, and what fires, where the desktop shows them. */
function showInTray(running: Console, ofWindow: BrowserWindow): void {
  const { collector } = createRouterClient(running.router)
  let figures: TrayFigures | undefined
  const tray = createDesktopTray(ofWindow, {
    open: () => openPage(),
    openToday() {
      const { from, to } = localDay(Date.now())
      openPage(`/dashboard?from=${from}&to=${to}`)
    },
    openAlerts: () => openPage('/alerts/records'),
    togglePause() {
      void (figures?.isPaused ? collector.resume() : collector.pause())
    },
    quit: () => app.quit(),
  })
  const show = (): void => {
    if (figures) tray.show(figures, running.language())
  }
  followFigures({
    core: running,
    onChange(news) {
      figures = news
      show()
    },
    log,
  })
  running.onSettings(show)
}

/** The menu speaks the language on screen. */
function followLanguage(running: Console): void {
  let spoken: Language | undefined
  const speak = (): void => {
    if (running.language() === spoken) return
    spoken = running.language()
    const words = desktopWords(spoken)
    const menu = applicationMenu({
      platform: process.platform,
      words: words.menu,
      quit: words.tray.quit,
      isDeveloping: !app.isPackaged,
      actions: {
        openPage,
        openLogs: () => void openLogFolder(),
        checkForUpdates: () => openPage('/settings#desktop'),
        openWebPage: (url) => void shell.openExternal(url),
      },
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  }
  running.onSettings(speak)
  speak()
}

function crashedPage(): string {
  const { title, collecting, log: inTheLog, again } = desktopWords(language()).crashed
  return plainPage({
    language: language(),
    title,
    paragraphs: [collecting, inTheLog(logFolder)],
    link: { href: pageUrl, label: again },
    isDark: nativeTheme.shouldUseDarkColors,
  })
}

function finishingPage(): string {
  const { title, text } = desktopWords(language()).finishing
  return plainPage({
    language: language(),
    title,
    paragraphs: [text],
    isDark: nativeTheme.shouldUseDarkColors,
  })
}

main()
