import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { BlockList } from 'node:net'
import type { Log } from '../log.ts'
import { CONTAINER_HOSTS, containerBridges } from './container-hosts.ts'
import { closeServer, tryListen } from './server.ts'

/** Where containers of this machine come in, besides loopback. */
export interface ContainerDoor {
  port: number
  /** Where they find the collector. */
  urls: string[]
  close(): Promise<void>
}

/** Listens on the machine's addresses in the networks of containers, and takes connections from within these only. */
export async function openContainerDoor(
  port: number,
  createServer: () => Server,
  log: Log,
): Promise<ContainerDoor> {
  const servers: Server[] = []
  const urls: string[] = CONTAINER_HOSTS.map((host) => `http://${host}:${port}`)
  for (const { address, cidr } of containerBridges()) {
    const server = createServer()
    server.on('connection', (socket: Socket) => {
      if (!isWithin(cidr, socket.remoteAddress)) socket.destroy()
    })
    if ((await tryListen(server, address, port)) === 'listening') {
      servers.push(server)
      urls.push(`http://${address}:${port}`)
    } else {
      log.warn(`containers cannot come in at ${address}:${port}: another program listens there`)
    }
  }
  return {
    port,
    urls,
    async close() {
      await Promise.all(servers.map(closeServer))
    },
  }
}

/** @param cidr such as `172.17.0.1/16`. */
export function isWithin(cidr: string, address: string | undefined): boolean {
  const [network = '', length] = cidr.split('/')
  if (address === undefined) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length), 'ipv4')
  return list.check(address.replace(/^::ffff:/, ''), 'ipv4')
}
