import { setTimeout as sleep } from 'node:timers/promises'
import { ipcMain } from 'electron'
import { DROP_MESSAGE } from '#shared/ipc.ts'

/** The page asks by one way, and the path comes by another. */
const WAIT_MS = 2_000
const LOOK_MS = 20

/**
 * Files that a user drops on our page: the preload names them, so that no page can name a file that nobody has dropped.
 *
 * @param pageOrigin the only origin whose top frame is believed.
 * @returns gives the one that was dropped last, once.
 */
export function followDrops(pageOrigin: string): () => Promise<string | undefined> {
  let dropped: string | undefined
  ipcMain.on(DROP_MESSAGE, (event, path: unknown) => {
    const frame = event.senderFrame
    if (!frame || frame.parent !== null || frame.origin !== pageOrigin) return
    dropped = typeof path === 'string' && path !== '' ? path : undefined
  })
  return async () => {
    for (let waited = 0; dropped === undefined && waited < WAIT_MS; waited += LOOK_MS) await sleep(LOOK_MS)
    const path = dropped
    dropped = undefined
    return path
  }
}
