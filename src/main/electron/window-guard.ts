import type { BrowserWindow } from 'electron'
import { app, dialog } from 'electron'
import type { Log } from '../log.ts'
import { createCrashCount } from './crash-count.ts'
import type { DesktopWords } from './desktop-words.ts'

export interface GuardOptions {
  window: BrowserWindow
  /** What is shown when the pages keep failing. */
  crashedUrl: string
  words: () => DesktopWords['stuck']
  log: Log
}

/** A page that is busy answers again by itself; longer than that nobody waits gladly. */
const STUCK_MS = 10_000

/**
 * Brings the pages back when their process ends or stops to answer. Nothing that collects is in it: calls are taken
 * and alerts checked meanwhile.
 */
export function guardWindow({ window, crashedUrl, words, log }: GuardOptions): void {
  const { webContents } = window
  const count = createCrashCount(() => performance.now())
  let reload: NodeJS.Timeout | undefined
  let stuck: NodeJS.Timeout | undefined
  let isAsking = false

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    log.error(`the process of the pages ended: ${reason}, exit code ${exitCode}`)
    clearTimeout(reload)
    clearTimeout(stuck)
    // Where it is the plain page that failed, nothing is left to show.
    if (webContents.getURL() === crashedUrl) return
    const decision = count.crashed()
    if (decision.kind === 'reload') {
      reload = setTimeout(() => {
        if (!window.isDestroyed()) webContents.reload()
      }, decision.delayMs)
      return
    }
    log.error('the pages failed too often; a plain page is shown in their place')
    setImmediate(() => {
      if (!window.isDestroyed()) void window.loadURL(crashedUrl)
    })
  })

  const ask = async (): Promise<void> => {
    if (window.isDestroyed() || isAsking) return
    if (!window.isVisible()) {
      webContents.forcefullyCrashRenderer()
      return
    }
    isAsking = true
    const { title, text, wait, reload: again } = words()
    const question = {
      type: 'warning' as const,
      message: title,
      detail: text,
      buttons: [wait, again],
      cancelId: 0,
    }
    const { response } = await dialog.showMessageBox(window, { ...question, defaultId: 0, noLink: true })
    isAsking = false
    if (response === 1 && !window.isDestroyed()) webContents.forcefullyCrashRenderer()
  }
  window.on('unresponsive', () => {
    log.warn('the pages do not answer')
    clearTimeout(stuck)
    stuck = setTimeout(() => void ask(), STUCK_MS)
  })
  window.on('responsive', () => {
    log.info('the pages answer again')
    clearTimeout(stuck)
  })
  window.on('closed', () => {
    clearTimeout(reload)
    clearTimeout(stuck)
  })
  webContents.on('preload-error', (_event, _path, error) => log.error('the preload script failed', error))
  webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    // -3 is a load that another one has taken the place of.
    if (isMainFrame && code !== -3) log.error(`the pages could not be loaded: ${description} (${code})`)
  })
}

/** Notes when a process ends that Chromium starts again by itself: the graphics, the network. */
export function logChildProcesses(log: Log): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') log.warn(`a process ended: ${type}, ${reason}, exit code ${exitCode}`)
  })
}
