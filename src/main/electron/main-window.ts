import { BrowserWindow, nativeTheme, shell } from 'electron'
import { PAGE_ORIGIN } from './page-protocol.ts'

export interface MainWindowOptions {
  preload: string
  pageUrl: string
  isHidden: boolean
}

const LIGHT_BACKGROUND = '#f7f8fa'
const DARK_BACKGROUND = '#101216'

/** Opens the window. It shows itself when its first frame is painted, so that it never flashes white. */
export function openMainWindow(options: MainWindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    title: 'LLMOps Console',
    width: 1280,
    height: 800,
    minWidth: 720,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? DARK_BACKGROUND : LIGHT_BACKGROUND,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      // Charts must be up to date when the window comes back.
      backgroundThrottling: false,
      // An alert sounds although nobody has touched the window yet.
      autoplayPolicy: 'no-user-gesture-required',
    },
  })
  keepToOurPages(window, options.pageUrl)
  if (!options.isHidden) window.once('ready-to-show', () => window.show())
  void window.loadURL(options.pageUrl)
  return window
}

/** A logged text can hold any link: none of them may take the window elsewhere or open another one. */
function keepToOurPages(window: BrowserWindow, pageUrl: string): void {
  const { webContents } = window
  webContents.on('will-navigate', (event, url) => {
    if (new URL(url).origin !== new URL(pageUrl).origin) event.preventDefault()
  })
  webContents.setWindowOpenHandler(({ url }) => {
    if (new URL(url).protocol === 'https:') void shell.openExternal(url)
    return { action: 'deny' }
  })
  // What a page saves goes through `files.save`, which asks where to.
  webContents.session.on('will-download', (event) => event.preventDefault())
  webContents.session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(permission === 'clipboard-sanitized-write' && details.requestingUrl.startsWith(PAGE_ORIGIN))
  })
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
