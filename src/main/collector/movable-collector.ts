import { ConsoleError } from '#shared/errors.ts'
import type { ContainerDoor } from './container-door.ts'
import { openContainerDoor } from './container-door.ts'
import type { Collector, CollectorOptions } from './server.ts'
import { createCollectorServer, startCollector } from './server.ts'

/** The collector, wherever it listens just now. */
export interface MovableCollector extends Collector {
  /** Listens there and no longer where it did; what is under way there is answered. */
  moveTo(port: number): Promise<'moved' | 'taken'>
  /** Where containers find it, by the settings. */
  containerUrls(): string[]
  /** Looks at the settings again: whether containers may come in. */
  followSettings(): Promise<void>
}

/**
 * Starts the collector.
 *
 * @throws ConsoleError `port-unavailable` if none of the ports tried is free.
 */
export async function startMovableCollector(options: CollectorOptions): Promise<MovableCollector> {
  const { settings, log } = options
  let current = await startCollector(options)
  let containers: ContainerDoor | undefined
  /** Those that are left, until the last request of theirs is answered. */
  const leaving = new Set<Promise<void>>()

  const leave = (closing: Promise<void>): void => {
    leaving.add(closing)
    void closing.finally(() => leaving.delete(closing))
  }
  const followSettings = async (): Promise<void> => {
    const isWanted = settings.current().isOpenToContainers
    if (containers && (!isWanted || containers.port !== current.port)) {
      leave(containers.close())
      containers = undefined
    }
    if (isWanted && !containers) {
      containers = await openContainerDoor(current.port, () => createCollectorServer(options), log)
    }
  }
  await followSettings()

  return {
    get url() {
      return current.url
    },
    get port() {
      return current.port
    },
    containerUrls: () => containers?.urls ?? [],
    followSettings,
    async moveTo(port) {
      if (port === current.port) return 'moved'
      let next: Collector
      try {
        next = await startCollector({ ...options, port }, 1)
      } catch (error) {
        if (error instanceof ConsoleError && error.code === 'port-unavailable') return 'taken'
        throw error
      }
      leave(current.close())
      current = next
      await followSettings()
      return 'moved'
    },
    async close() {
      await Promise.all([current.close(), containers?.close(), ...leaving])
    },
  }
}
