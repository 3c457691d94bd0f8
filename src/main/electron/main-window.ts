import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import type { Log } from '../log.ts'
import { keepPlace, readPlace } from './place-file.ts'
import { MIN_HEIGHT, MIN_WIDTH, placeWindow } from './window-place.ts'

export interface MainWindowOptions {
  preload: string
  pageUrl: string
  /** The page that it opens on; absent: the first. */
  page?: string | undefined
  isHidden: boolean
  /** Holds where the window was. */
  placeFile: string
  log: Log
}

const LIGHT_BACKGROUND = '#f7f8fa'
const DARK_BACKGROUND = '#101216'

/** Opens the window. It shows itself when its first frame is painted, so that it never flashes white. */
export function openMainWindow(options: MainWindowOptions): BrowserWindow {
  const saved = readPlace(options.placeFile)
  const main = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id)
  const place = placeWindow(
    saved,
    [main, ...others].map(({ workArea }) => workArea),
  )
  const window = new BrowserWindow({
    title: 'LLMOps Console',
    width: 1280,
    height: 800,
    ...place,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    // A window that nobody has seen yet counts as hidden: its pages ask for nothing.
    paintWhenInitiallyHidden: !options.isHidden,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? DARK_BACKGROUND : LIGHT_BACKGROUND,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      devTools: !app.isPackaged,
      // Without waiting for a script to have been used often.
      v8CacheOptions: 'bypassHeatCheck',
      // An alert sounds although nobody has touched the window yet.
      autoplayPolicy: 'no-user-gesture-required',
    },
  })
  keepPlace(window, options.placeFile, options.log)
  if (saved?.isMaximized) window.once('show', () => window.maximize())
  if (!options.isHidden) window.once('ready-to-show', () => window.show())
  void window.loadURL(options.page === undefined ? options.pageUrl : `${options.pageUrl}#${options.page}`)
  return window
}

/**
 * Leads the window to one of our pages. Pages are told apart by what follows the `#`, so nothing is loaded anew.
 *
 * @param page the path of the page, as the router of the window knows it.
 */
export function showPage(window: BrowserWindow, pageUrl: string, page: string): void {
  void window.loadURL(`${pageUrl}#${page}`)
}

/** Brings the window to the front, as a second start of the application asks for. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
