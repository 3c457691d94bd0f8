import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { BrowserWindow } from 'electron'
import type { Log } from '../log.ts'
import type { WindowPlace } from './window-place.ts'
import { readWindowPlace } from './window-place.ts'

/** A window that is being dragged moves a hundred times a second. */
const SAVE_DELAY_MS = 500

/** @returns where the window was; null: it was nowhere yet, or the file cannot be read. */
export function readPlace(file: string): WindowPlace | null {
  try {
    return readWindowPlace(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Keeps in a file of this machine where the window is: screens are a machine's, so it is none of the settings. */
export function keepPlace(window: BrowserWindow, file: string, log: Log): void {
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isFullScreen()) return
    const place: WindowPlace = { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
    try {
      writeFileSync(`${file}.new`, JSON.stringify(place), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    } catch (error) {
      log.warn(`where the window is could not be kept: ${String(error)}`)
    }
  }
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('hide', save)
  window.on('close', save)
}
