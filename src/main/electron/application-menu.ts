import type { MenuItemConstructorOptions } from 'electron'
import type { DesktopWords } from './desktop-words.ts'

export interface MenuActions {
  /** Brings the window to the front, on a page. */
  openPage(page: string): void
  openLogs(): void
  checkForUpdates(): void
  openWebPage(url: string): void
}

const APP_NAME = 'LLMOps Console'
const CONVENTIONS_URL = 'https://opentelemetry.io/docs/specs/semconv/gen-ai/'

/**
 * The menu of the application, in the language on screen: Electron would speak the system's, or English.
 *
 * @param isDeveloping shows what takes the pages apart.
 */
export function applicationMenu(options: {
  platform: NodeJS.Platform
  words: DesktopWords['menu']
  quit: string
  isDeveloping: boolean
  actions: MenuActions
}): MenuItemConstructorOptions[] {
  const { words, quit, actions } = options
  const isMac = options.platform === 'darwin'
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const settings: MenuItemConstructorOptions = {
    id: 'settings',
    label: words.settings,
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.openPage('/settings'),
  }
  const updates: MenuItemConstructorOptions = {
    id: 'updates',
    label: words.updates,
    click: () => actions.checkForUpdates(),
  }
  const about: MenuItemConstructorOptions = { role: 'about', label: words.about }
  const quitItem: MenuItemConstructorOptions = { role: 'quit', label: quit }
  const ofMac: MenuItemConstructorOptions = {
    label: APP_NAME,
    submenu: [
      about,
      updates,
      separator,
      settings,
      separator,
      { role: 'services', label: words.services },
      separator,
      { role: 'hide', label: words.hide },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.unhide },
      separator,
      quitItem,
    ],
  }
  const file: MenuItemConstructorOptions = {
    label: words.file,
    submenu: isMac
      ? [{ role: 'close', label: words.closeWindow }]
      : [settings, separator, { role: 'close', label: words.closeWindow }, quitItem],
  }
  const edit: MenuItemConstructorOptions = {
    label: words.edit,
    submenu: [
      { role: 'undo', label: words.undo },
      { role: 'redo', label: words.redo },
      separator,
      { role: 'cut', label: words.cut },
      { role: 'copy', label: words.copy },
      { role: 'paste', label: words.paste },
      { role: 'delete', label: words.delete },
      { role: 'selectAll', label: words.selectAll },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: words.view,
    submenu: [
      { role: 'reload', label: words.reload },
      ...(options.isDeveloping ? [{ role: 'toggleDevTools' as const, label: words.devTools }] : []),
      separator,
      { role: 'resetZoom', label: words.actualSize },
      { role: 'zoomIn', label: words.zoomIn },
      { role: 'zoomOut', label: words.zoomOut },
      separator,
      { role: 'togglefullscreen', label: words.fullScreen },
    ],
  }
  const window: MenuItemConstructorOptions = {
    role: 'window',
    label: words.window,
    submenu: [
      { role: 'minimize', label: words.minimize },
      ...(isMac
        ? [
            { role: 'zoom' as const, label: words.zoom },
            separator,
            { role: 'front' as const, label: words.front },
          ]
        : []),
    ],
  }
  const help: MenuItemConstructorOptions = {
    role: 'help',
    label: words.help,
    submenu: [
      { id: 'connect', label: words.connect, click: () => actions.openPage('/connect') },
      { id: 'conventions', label: words.conventions, click: () => actions.openWebPage(CONVENTIONS_URL) },
      separator,
      { id: 'logs', label: words.logs, click: () => actions.openLogs() },
      ...(isMac ? [] : [updates, separator, about]),
    ],
  }
  return [...(isMac ? [ofMac] : []), file, edit, view, window, help]
}
