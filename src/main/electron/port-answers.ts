import { onError, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import type { MessagePortMain } from 'electron'
import type { Log } from '../log.ts'
import type { ConsoleRouter } from '../router.ts'

/** Answers by the router what comes through the ports of our pages. */
export function createPortAnswers(router: ConsoleRouter, log: Log): (port: MessagePortMain) => void {
  const handler = new RPCHandler(router, {
    interceptors: [
      onError((error) => {
        const isExpected = error instanceof ORPCError && error.status < 500
        const isCancelled = error instanceof Error && error.name === 'AbortError'
        if (!isExpected && !isCancelled) log.error('a call from the window failed', error)
      }),
    ],
  })
  return (port) => handler.upgrade(port)
}
