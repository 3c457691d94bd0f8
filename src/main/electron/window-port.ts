import { RPCHandler } from '@orpc/server/message-port'
import { onError, ORPCError } from '@orpc/server'
import { ipcMain } from 'electron'
import { CONNECT_MESSAGE } from '#shared/ipc.ts'
import type { Log } from '../log.ts'
import type { ConsoleRouter } from '../router.ts'

/**
 * Lets our own pages call the router: each page that loads hands over one message port.
 *
 * @param pageOrigin the only origin whose top frame is answered.
 */
export function acceptWindowPorts(options: { router: ConsoleRouter; pageOrigin: string; log: Log }): void {
  const handler = new RPCHandler(options.router, {
    interceptors: [
      onError((error) => {
        const isExpected = error instanceof ORPCError && error.status < 500
        const isCancelled = error instanceof Error && error.name === 'AbortError'
        if (!isExpected && !isCancelled) options.log.error('a call from the window failed', error)
      }),
    ],
  })
  ipcMain.on(CONNECT_MESSAGE, (event) => {
    const [port] = event.ports
    const frame = event.senderFrame
    if (!port || !frame || frame.parent !== null || frame.origin !== options.pageOrigin) {
      options.log.warn('refused a message port from a frame that is not a page of the console')
      port?.close()
      return
    }
    handler.upgrade(port)
    port.start()
  })
}
