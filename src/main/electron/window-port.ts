import type { MessagePortMain } from 'electron'
import { ipcMain } from 'electron'
import { CONNECT_MESSAGE } from '#shared/ipc.ts'
import type { Log } from '../log.ts'

/**
 * Takes the message port that each page of ours hands over when it loads. What pages send waits in their ports until
 * there is somebody to answer.
 *
 * @param pageOrigin the only origin whose top frame is answered.
 * @returns lets them be answered from now on.
 */
export function acceptWindowPorts(options: {
  pageOrigin: string
  log: Log
}): (answer: (port: MessagePortMain) => void) => void {
  let waiting: MessagePortMain[] = []
  let take = (port: MessagePortMain): void => void waiting.push(port)
  ipcMain.on(CONNECT_MESSAGE, (event) => {
    const [port] = event.ports
    const frame = event.senderFrame
    if (!port || !frame || frame.parent !== null || frame.origin !== options.pageOrigin) {
      options.log.warn('refused a message port from a frame that is not a page of the console')
      port?.close()
      return
    }
    take(port)
  })
  return (answer) => {
    take = (port) => {
      answer(port)
      port.start()
    }
    waiting.forEach(take)
    waiting = []
  }
}
