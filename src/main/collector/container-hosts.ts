import { networkInterfaces } from 'node:os'

/** What Docker and Podman call the machine that they run on. Their desktop versions lead these names to its loopback. */
export const CONTAINER_HOSTS = ['host.docker.internal', 'host.containers.internal'] as const

/** Networks that Docker and Podman make on Linux, where containers reach the machine by its address in them. */
const BRIDGE = /^(docker\d+|podman\d+|cni-podman\d+|br-[0-9a-f]{12})$/

interface Bridge {
  address: string
  /** With its length, such as `172.17.0.1/16`. */
  cidr: string
}

export function containerBridges(interfaces = networkInterfaces()): Bridge[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    BRIDGE.test(name)
      ? addresses.flatMap(({ address, family, cidr }) =>
          family === 'IPv4' && cidr !== null ? [{ address, cidr }] : [],
        )
      : [],
  )
}

/** Every name by which containers may call this machine. */
export function containerHosts(): string[] {
  return [...CONTAINER_HOSTS, ...containerBridges().map(({ address }) => address)]
}
