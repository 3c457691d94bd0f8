import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserWindow } from 'electron'
import { app, dialog, nativeTheme } from 'electron'
import type { Language } from '#shared/language.ts'
import { languageFor } from '#shared/language.ts'
import { LIMITS } from '#shared/limits.ts'
import { defaultDataDir } from './data-folder.ts'
import { APP_LINK_SCHEME, readAppLink } from './electron/app-link.ts'
import { desktopWords } from './electron/desktop-words.ts'
import { openFinishingWindow } from './electron/finishing-window.ts'
import { firstPage } from './electron/first-page.ts'
import { guardContents } from './electron/guard-contents.ts'
import { logFailures } from './electron/log-failures.ts'
import { openLogFiles } from './electron/log-files.ts'
import { focusWindow, openMainWindow, showPage } from './electron/main-window.ts'
import { openedFileIn, pageOfFile } from './electron/opened-file.ts'
import { PAGE_ORIGIN, PAGE_URL, registerPageScheme, servePages } from './electron/page-protocol.ts'
import { plainPage } from './electron/plain-page.ts'
import { watchPower } from './electron/power-watch.ts'
import { createSafeQuit } from './electron/safe-quit.ts'
import { guardWindow, logChildProcesses } from './electron/window-guard.ts'
import { acceptWindowPorts } from './electron/window-port.ts'
import type { WindowedConsole } from './electron/windowed-console.ts'
import type { Log } from './log.ts'
import { createLog, stderrLog } from './log.ts'
import type { StartOptions } from './options.ts'
import { readStartOptions } from './options.ts'
import type { Store, StoreOptions } from './store/store.ts'
import { openStore } from './store/store.ts'

const CRASHED_PATH = '/crashed'
const FINISHING_PATH = '/finishing'
/** Among Electron's own files: how the window looked last. */
const LOOKS_FILE = 'looks.json'
/** A close that takes longer is told of. */
const LONG_CLOSE_MS = 1_000
/** The pages may not come at all. */
const SCRIPTS_MS = 2_000
/** What the desktop is told once keeps it busy for a moment: when the pages have come up. */
const LINKS_DELAY_MS = 5_000

let log: Log = stderrLog
let logFolder = ''
let running: WindowedConsole | undefined
let window: BrowserWindow | undefined
let pageUrl = PAGE_URL
/** A page that was asked for before there was a window. */
let wantedPage: string | undefined
/** A file that the system said to open, until a page takes it. */
let openedFile: string | undefined
let openings = 0
let power: ReturnType<typeof watchPower> | undefined
let quitSafely: (() => void) | undefined
let isQuitting = false

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
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    isQuitting = true
    if (!quitSafely) return
    event.preventDefault()
    quitSafely()
  })
  process.on('SIGTERM', () => app.quit())
  process.on('SIGINT', () => app.quit())
  const storeOptions: StoreOptions = {
    dataDir: options.dataDir,
    // A package has its own; what the environment names would be code that its fuses keep out.
    nativeBinding: app.isPackaged ? undefined : process.env['LLMOPS_SQLITE_BINDING'],
    mayWorkInBackground: () => power?.isOnBattery() !== true,
  }
  // Its thread is loaded while Electron gets ready.
  const store = openStore(storeOptions)
  store.catch(() => undefined) // The console tells of it.
  app
    .whenReady()
    .then(() => start(options, { ...storeOptions, store }))
    .catch((error: unknown) => {
      log.error('the console could not start', error)
      if (window && !window.isDestroyed()) window.hide()
      if (!options.isHidden)
        dialog.showErrorBox('LLMOps Console', error instanceof Error ? error.message : String(error))
      app.exit(1)
    })
}

/** The window comes first: the process of its pages begins while the console is loaded and opened. */
async function start(
  options: StartOptions,
  storeOptions: StoreOptions & { store: Promise<Store> },
): Promise<void> {
  pageUrl = devUrl() ?? PAGE_URL
  const pageOrigin = devOrigin() ?? PAGE_ORIGIN
  const hasScripts = Promise.withResolvers<void>()
  const pages = join(import.meta.dirname, '../renderer')
  const looksFile = join(app.getPath('userData'), LOOKS_FILE)
  servePages(
    pages,
    new Map([
      [new URL(PAGE_URL).pathname, () => firstPage(join(pages, 'index.html'), looksFile)],
      [CRASHED_PATH, crashedPage],
      [FINISHING_PATH, finishingPage],
    ]),
    hasScripts.resolve,
  )
  const answerPages = acceptWindowPorts({ pageOrigin, log })
  window = openMainWindow({
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    pageUrl,
    page: pageAtStart(),
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

  power = watchPower({
    onWake: () => running?.core.wake(),
    onShutdown: () => app.quit(),
    log,
  })
  // To load the console keeps this thread busy, which hands the pages their files: those come first, if they come.
  await Promise.race([hasScripts.promise, delay(SCRIPTS_MS)])
  const { openWindowedConsole } = await import('./electron/windowed-console.ts')
  const usual = defaultDataDir(process.platform, process.env, homedir())
  const opened = await openWindowedConsole({
    ...options,
    ...storeOptions,
    window,
    openPage,
    takeOpenedFile,
    pageOrigin,
    looksFile,
    logFolder,
    loginArguments: options.dataDir === usual ? [] : ['--data-dir', options.dataDir],
    answerPages,
    log,
  })
  running = opened
  quitSafely = createSafeQuit({
    close: () => opened.core.close(),
    onLong() {
      window?.hide()
      openFinishingWindow(`${PAGE_ORIGIN}${FINISHING_PATH}`)
    },
    exit(code) {
      // A thread that SQLite keeps busy holds up the end of the process, not the next start.
      app.releaseSingleInstanceLock()
      app.exit(code)
    },
    limits: { longMs: LONG_CLOSE_MS, closeMs: LIMITS.closeMs },
    log,
  })
  // Unpackaged it would be Electron itself that links open.
  if (app.isPackaged)
    setTimeout(() => app.setAsDefaultProtocolClient(APP_LINK_SCHEME), LINKS_DELAY_MS).unref()
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

/** What it was started for. */
function pageAtStart(): string | undefined {
  const file = openedFileIn(process.argv.slice(1), process.cwd())
  return file === undefined ? (wantedPage ?? linkIn(process.argv)) : keepOpenedFile(file)
}

function openFile(path: string): void {
  openPage(keepOpenedFile(path))
}

/** @returns the page that takes it. */
function keepOpenedFile(path: string): string {
  openings += 1
  openedFile = path
  return pageOfFile(path, openings)
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
  return running?.core.language() ?? languageFor('system', app.getLocale())
}

/** Closing the window ends the console only if that is what the user means by it. */
function meanByClosing(ofWindow: BrowserWindow): void {
  ofWindow.on('close', (event) => {
    if (isQuitting) return
    event.preventDefault()
    const decision = running?.decideClose() ?? 'quit'
    if (decision === 'hide') ofWindow.hide()
    if (decision === 'quit') app.quit()
  })
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
