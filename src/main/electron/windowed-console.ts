import { createRouterClient } from '@orpc/server'
import type { BrowserWindow, MessagePortMain } from 'electron'
import { app, Menu, safeStorage, shell } from 'electron'
import type { Language } from '#shared/language.ts'
import type { Console, ConsoleOptions } from '../console.ts'
import { openConsole } from '../console.ts'
import type { Desktop } from '../desktop.ts'
import { applicationMenu } from './application-menu.ts'
import { capturePage } from './capture-page.ts'
import type { CloseDecision } from './close-question.ts'
import { closeAs, createCloseQuestion } from './close-question.ts'
import { pageOf, performAction } from './desktop-alerts.ts'
import { createDesktopTray } from './desktop-tray.ts'
import { desktopWords } from './desktop-words.ts'
import { followDrops } from './dropped-files.ts'
import { createFileDialogs } from './file-dialogs.ts'
import { createFolderShell } from './folder-shell.ts'
import { followFigures, localDay } from './follow-figures.ts'
import { createLoginItem } from './login-item.ts'
import { keepLooks } from './looks-file.ts'
import { createPortAnswers } from './port-answers.ts'
import { createFileSaver } from './save-file.ts'
import { createSecretCipher } from './secret-cipher.ts'
import { createSystemNotifier } from './system-notifier.ts'
import type { TrayFigures } from './tray-menu.ts'
import { createUpdater } from './updater.ts'

const TRAY_DELAY_MS = 2_000

export interface WindowedConsoleOptions extends ConsoleOptions {
  window: BrowserWindow
  /** Whether nobody sees it yet. */
  isHidden: boolean
  /** Brings the window to the front, on a page if one is given. */
  openPage: (page?: string) => void
  /** The file that the system said to open, once. */
  takeOpenedFile: () => string | undefined
  pageOrigin: string
  /** Keeps how the window looks. */
  looksFile: string
  logFolder: string
  /** With what the system starts it at login. */
  loginArguments: string[]
  /** Has what pages send answered. */
  answerPages: (answer: (port: MessagePortMain) => void) => void
}

export interface WindowedConsole {
  core: Console
  /** What closing the window means to the user. */
  decideClose: () => CloseDecision
}

/**
 * Opens the console for a window that is there already and waits for its answers. The entry loads this, and all that the
 * console is made of, while the process of the pages begins.
 */
export async function openWindowedConsole(options: WindowedConsoleOptions): Promise<WindowedConsole> {
  const { log, logFolder, openPage, pageOrigin, window } = options
  const running: { core?: Console } = {}
  const closeQuestion = createCloseQuestion(() => running.core?.settings().closeWindow ?? 'quit')
  const notifier = createSystemNotifier({
    onOpen: (notification) => openPage(pageOf(notification)),
    onAction(action, notification) {
      if (!running.core) return
      performAction(running.core, action, notification).catch((error: unknown) =>
        log.error('the button of a notification did nothing', error),
      )
    },
  })
  const updater = createUpdater({ feed: () => running.core?.settings().updateFeed ?? null, log })
  const openLogs = async () => (await shell.openPath(logFolder)) === ''
  const loginItem = createLoginItem(options.loginArguments)
  const desktop: Desktop = {
    state: async () => ({ startAtLogin: loginItem.state(), logFolder }),
    setStartAtLogin: async (isOn) => loginItem.set(isOn),
    openLogs,
    answerClose: (answer) => closeAs(answer, { hide: () => window.hide(), quit: () => app.quit() }),
    events: (signal) => closeQuestion.events(signal),
  }
  const opened = await openConsole({
    ...options,
    saveFile: createFileSaver({ windowOf: () => window, log }),
    capturePage: (capture) => capturePage(window, capture),
    dialogs: createFileDialogs({
      windowOf: () => window,
      openedFile: options.takeOpenedFile,
      droppedFile: followDrops(pageOrigin),
    }),
    folderShell: createFolderShell(() => window),
    desktop,
    updates: updater,
    // A process anew: the window and all that it shows begin anew, too.
    restart() {
      app.relaunch()
      app.quit()
    },
    notifier,
    secretCipher: createSecretCipher(safeStorage),
    locale: app.getLocale(),
  })
  running.core = opened
  options.answerPages(createPortAnswers(opened.router, log))
  log.info(`the collector listens on ${opened.url}; data are in ${opened.dataDir}`)
  followLanguage(opened, { openPage, openLogs })
  const rememberLooks = () => keepLooks(options.looksFile, opened.settings(), log)
  opened.onSettings(rememberLooks)
  rememberLooks()
  updater.start()
  // A window that comes up has its page first, which asks for the same figures.
  setTimeout(() => showInTray(opened, options), options.isHidden ? 0 : TRAY_DELAY_MS).unref()
  return { core: opened, decideClose: () => closeQuestion.decide() }
}

/** Keeps today's figures, and what fires, where the desktop shows them. */
function showInTray(
  running: Console,
  { window, openPage, log }: Pick<WindowedConsoleOptions, 'window' | 'openPage' | 'log'>,
): void {
  const { collector } = createRouterClient(running.router)
  let figures: TrayFigures | undefined
  const tray = createDesktopTray(window, {
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
function followLanguage(
  running: Console,
  { openPage, openLogs }: { openPage: (page?: string) => void; openLogs: () => Promise<boolean> },
): void {
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
        openLogs: () => void openLogs(),
        checkForUpdates: () => openPage('/settings#desktop'),
        openWebPage: (url) => void shell.openExternal(url),
      },
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  }
  running.onSettings(speak)
  speak()
}
