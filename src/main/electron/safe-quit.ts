import type { Log } from '../log.ts'

export interface SafeQuitOptions {
  /** Writes what was taken, and lets go of it. */
  close: () => Promise<void>
  /** Called when that takes long enough to be noticed. */
  onLong: () => void
  /** Ends the process. */
  exit: (code: number) => void
  limits: { longMs: number; closeMs: number }
  log: Log
}

/**
 * Ends the application when what was taken is written, in bounded time.
 *
 * @returns a function that may be called again and again; the first call counts.
 */
export function createSafeQuit({ close, onLong, exit, limits, log }: SafeQuitOptions): () => void {
  let isQuitting = false
  return () => {
    if (isQuitting) return
    isQuitting = true
    const end = (code: number): void => {
      clearTimeout(long)
      clearTimeout(last)
      exit(code)
    }
    const long = setTimeout(onLong, limits.longMs)
    const last = setTimeout(() => {
      log.error(`closing took longer than ${limits.closeMs} ms; calls that were answered are stored`)
      end(1)
    }, limits.closeMs)
    close().then(
      () => end(0),
      (error: unknown) => {
        log.error('closing failed', error)
        end(1)
      },
    )
  }
}
