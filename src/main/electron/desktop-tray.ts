import type { BrowserWindow } from 'electron'
import { app, Menu, nativeImage, Tray } from 'electron'
import type { Language } from '#shared/language.ts'
import { desktopWords } from './desktop-words.ts'
import { drawTrayIcon } from './tray-icon.ts'
import type { TrayActions, TrayFigures } from './tray-menu.ts'
import { trayMenu, trayTip } from './tray-menu.ts'

export interface DesktopTray {
  /** Shows the figures wherever the platform has a place for them. */
  show(figures: TrayFigures, language: Language): void
  close(): void
}

/** In points; twice as many pixels for dense screens. */
const ICON_POINTS = 16
const DENSITIES = [1, 2]

/** The sign in the tray; the number on the dock (macOS) and the launcher (Unity); the dot in the taskbar (Windows). */
export function createDesktopTray(window: BrowserWindow, actions: TrayActions): DesktopTray {
  const tray = new Tray(trayImage({ hasUnread: false, isPaused: false }))
  tray.on('click', () => actions.open())
  let shown = ''
  return {
    show(figures, language) {
      // A menu that is made anew closes under the pointer.
      const key = JSON.stringify([figures, language])
      if (key === shown || tray.isDestroyed()) return
      shown = key
      const { unread, isPaused } = figures
      const words = desktopWords(language).tray
      const hasUnread = unread > 0
      app.setBadgeCount(unread)
      tray.setImage(trayImage({ hasUnread, isPaused }))
      tray.setToolTip(trayTip(figures, { words, language }))
      tray.setContextMenu(Menu.buildFromTemplate(trayMenu(figures, { words, language }, actions)))
      if (process.platform === 'win32' && !window.isDestroyed())
        window.setOverlayIcon(hasUnread ? trayImage({ hasUnread, isPaused }) : null, words.unread(unread))
    },
    close: () => tray.destroy(),
  }
}

function trayImage(look: { hasUnread: boolean; isPaused: boolean }): Electron.NativeImage {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of DENSITIES) {
    const size = ICON_POINTS * scaleFactor
    const buffer = nativeImage
      .createFromBitmap(Buffer.from(drawTrayIcon(size, look)), { width: size, height: size })
      .toPNG()
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer })
  }
  return image
}
