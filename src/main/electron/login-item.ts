import { homedir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import type { DesktopState } from '#shared/contract/desktop.ts'
import { addToAutostart, isInAutostart, removeFromAutostart } from './autostart-file.ts'

/** At login nobody wants a window in the way. */
const HIDDEN = '--hidden'

export interface LoginItem {
  state(): DesktopState['startAtLogin']
  set(isOn: boolean): void
}

/**
 * Whether the console starts when the user logs in. The system knows it, and is asked each time: users change it there.
 *
 * @param args further ones, as the data folder if it is not the usual one.
 */
export function createLoginItem(args: readonly string[]): LoginItem {
  const allArgs = [HIDDEN, ...args]
  const configDir = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config')
  // An AppImage is run from a folder that is gone when it ends.
  const program = process.env['APPIMAGE'] ?? process.execPath
  return {
    state() {
      // Unpackaged it would be Electron itself that starts.
      if (!app.isPackaged) return 'unavailable'
      if (process.platform === 'linux') return isInAutostart(configDir) ? 'on' : 'off'
      return app.getLoginItemSettings({ args: allArgs }).openAtLogin ? 'on' : 'off'
    },
    set(isOn) {
      if (!app.isPackaged) return
      if (process.platform !== 'linux') app.setLoginItemSettings({ openAtLogin: isOn, args: allArgs })
      else if (isOn) addToAutostart(configDir, [program, ...allArgs])
      else removeFromAutostart(configDir)
    },
  }
}
