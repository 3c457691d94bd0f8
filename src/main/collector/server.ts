import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Log } from '../log.ts'
import { sendError } from './answer.ts'
import type { DoorParts } from './answer-request.ts'
import { answerRequest } from './answer-request.ts'

export interface Collector {
  url: string
  port: number
  /** Takes no more requests, and resolves when those under way have been answered. */
  close(): Promise<void>
}

export interface CollectorOptions extends DoorParts {
  /** The port to listen on; if it is taken the next ones are tried. 0: any free one. */
  port: number
  log: Log
}

/** How late a request that is too slow may be noticed. */
const TIMEOUT_CHECK_INTERVAL_MS = 500
const LOOPBACK_V4 = '127.0.0.1'
const LOOPBACK_V6 = '::1'
/** Requests still under way this long after the close are cut. */
const CLOSE_GRACE_MS = 3_000

/**
 * Starts the local HTTP server, on loopback only.
 *
 * @param portsTried from the given one on.
 *
 * @throws ConsoleError `port-unavailable` if none of the ports tried is free.
 */
export async function startCollector(
  options: CollectorOptions,
  portsTried: number = LIMITS.portsTried,
): Promise<Collector> {
  const servers = await listen(options, portsTried)
  const port = portOf(servers[0])
  return {
    url: `http://${LOOPBACK_V4}:${port}`,
    port,
    async close() {
      await Promise.all(servers.map(closeServer))
    },
  }
}

/** A server of the doors that listens nowhere yet. */
export function createCollectorServer(options: CollectorOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: LIMITS.headerBytes,
      headersTimeout: LIMITS.headersTimeoutMs,
      requestTimeout: LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      response.on('finish', () => {
        // A connection that is kept alive would hold up a close that began meanwhile.
        if (!server.listening) request.socket.end()
      })
      answerRequest(request, response, options, portOf(server)).catch((error: unknown) => {
        options.log.error('a request failed', error)
        if (response.headersSent) response.destroy()
        else
          sendError(response, 500, 'internal', 'Something went wrong inside the console; its log says more.')
      })
    },
  )
  // Nothing here speaks another protocol; without these Node would serve the request as an ordinary one.
  server.on('upgrade', (_request, socket) => socket.destroy())
  server.on('connect', (_request, socket) => socket.destroy())
  return server
}

async function listen(options: CollectorOptions, portsTried: number): Promise<[Server, ...Server[]]> {
  const candidates = options.port === 0 ? 1 : portsTried
  for (let offset = 0; offset < candidates && options.port + offset < 65_536; offset += 1) {
    const servers = await listenOn(options, options.port + offset)
    if (servers) return servers
  }
  throw new ConsoleError(
    'port-unavailable',
    `No free port from ${options.port} to ${options.port + candidates - 1}. Close what uses them, or choose another with --port.`,
  )
}

/** @returns the servers of both loopback addresses, or null if another program listens on one of them. */
async function listenOn(options: CollectorOptions, port: number): Promise<[Server, ...Server[]] | null> {
  const v4 = createCollectorServer(options)
  if ((await tryListen(v4, LOOPBACK_V4, port)) !== 'listening') return null
  // "localhost" is ::1 to some clients. A machine without IPv6 does without.
  const v6 = createCollectorServer(options)
  const outcome = await tryListen(v6, LOOPBACK_V6, portOf(v4))
  if (outcome === 'listening') return [v4, v6]
  if (outcome === 'unsupported') return [v4]
  v4.close()
  return null
}

export function tryListen(
  server: Server,
  host: string,
  port: number,
): Promise<'listening' | 'taken' | 'unsupported'> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve('taken')
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve('unsupported')
      else reject(error)
    })
    server.listen({ host, port, exclusive: true }, () => resolve('listening'))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return isAddressInfo(address) ? address.port : 0
}

function isAddressInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    server.close(() => {
      clearTimeout(grace)
      resolve()
    })
    server.closeIdleConnections()
  })
}
