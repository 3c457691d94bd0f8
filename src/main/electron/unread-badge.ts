import type { BrowserWindow } from 'electron'
import { app, Menu, nativeImage, Tray } from 'electron'
import { drawTrayIcon } from './tray-icon.ts'

export interface UnreadBadge {
  /** Shows how many records nobody has seen, wherever the platform has a place for it. */
  show(unread: number): void
  close(): void
}

export interface BadgeOptions {
  window: BrowserWindow
  /** Asked for each time, because the user may change the language. */
  words: () => { open: string; alerts: string; quit: string; unread: (count: number) => string }
  onOpen: () => void
  onOpenAlerts: () => void
}

const TITLE = 'LLMOps Console'
/** In points; twice as many pixels for dense screens. */
const ICON_POINTS = 16
const DENSITIES = [1, 2]

/** The sign in the tray; the number on the dock (macOS) and the launcher (Unity); the dot in the taskbar (Windows). */
export function createUnreadBadge({ window, words, onOpen, onOpenAlerts }: BadgeOptions): UnreadBadge {
  const tray = new Tray(trayImage(false))
  tray.on('click', onOpen)
  const show = (unread: number): void => {
    const { open, alerts, quit, unread: say } = words()
    app.setBadgeCount(unread)
    tray.setImage(trayImage(unread > 0))
    tray.setToolTip(unread > 0 ? `${TITLE}: ${say(unread)}` : TITLE)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: open, click: onOpen },
        { label: unread > 0 ? `${alerts} (${unread})` : alerts, click: onOpenAlerts },
        { type: 'separator' },
        { label: quit, click: () => app.quit() },
      ]),
    )
    if (process.platform === 'win32' && !window.isDestroyed())
      window.setOverlayIcon(unread > 0 ? trayImage(true) : null, say(unread))
  }
  show(0)
  return { show, close: () => tray.destroy() }
}

function trayImage(hasUnread: boolean): Electron.NativeImage {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of DENSITIES) {
    const size = ICON_POINTS * scaleFactor
    const buffer = nativeImage
      .createFromBitmap(Buffer.from(drawTrayIcon(size, hasUnread)), { width: size, height: size })
      .toPNG()
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer })
  }
  return image
}
