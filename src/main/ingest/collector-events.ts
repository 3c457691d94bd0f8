import { EventPublisher } from '@orpc/server'
import type { CollectorEvent } from '#shared/contract/collector.ts'

/** Tells the window what was committed. */
export interface CollectorEvents {
  announce(type: CollectorEvent['type'], stored: number): void
  /** Goes on until the signal aborts. */
  subscribe(signal: AbortSignal | undefined): AsyncGenerator<CollectorEvent>
}

const EVENT_INTERVAL_MS = 250
/** A listener that is further behind loses the oldest. */
const MAX_BUFFERED_EVENTS = 8

/** What is announced of one type within `EVENT_INTERVAL_MS` is told together. */
export function createCollectorEvents(): CollectorEvents {
  const publisher = new EventPublisher<{ commit: CollectorEvent }>()
  const untold = new Map<CollectorEvent['type'], number>()
  let nextEvents: NodeJS.Timeout | undefined
  const tell = () => {
    nextEvents = undefined
    for (const [type, stored] of untold) publisher.publish('commit', { type, stored })
    untold.clear()
  }
  return {
    announce(type, stored) {
      if (stored === 0) return
      untold.set(type, (untold.get(type) ?? 0) + stored)
      nextEvents ??= setTimeout(tell, EVENT_INTERVAL_MS)
      // An event that nobody will see must not keep the process alive.
      nextEvents.unref()
    },
    subscribe: (signal) => publisher.subscribe('commit', { signal, maxBufferedEvents: MAX_BUFFERED_EVENTS }),
  }
}
