import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { CONNECT_MESSAGE } from '#shared/ipc.ts'

const { port1: ours, port2: theirs } = new MessageChannel()
window.postMessage(CONNECT_MESSAGE, window.location.origin, [theirs])

/** Calls the console's procedures, typed by the contract, over one message port to the main process. */
export const client: ConsoleClient = createORPCClient(new RPCLink({ port: ours }))

ours.start()
