import { EventPublisher } from '@orpc/server'
import type { CollectorEvent, IngestCounters } from '#shared/contract/collector.ts'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import type { NewCall } from '../store/call.ts'
import type { NewSpanEvent } from '../store/insert-span-events.ts'
import type { InsertOutcome } from '../store/insert-calls.ts'
import type { Store } from '../store/store.ts'
import { tidyCall } from './tidy-call.ts'

/** What every door hands to the store through. */
export interface Ingest {
  /**
   * Stores calls and counts them. When the promise resolves they are committed.
   *
   * @param sizeBytes size of the body they came in: what waits is bounded by bytes, not by records.
   * @throws ConsoleError `queue-full` when too much waits already, or what `Store.insertCalls` throws.
   */
  submit(calls: NewCall[], sizeBytes: number): Promise<InsertOutcome>
  /** Keeps events that belong to spans. Resolves when they are committed. */
  submitEvents(events: NewSpanEvent[]): Promise<void>
  /** Counts what a door found in requests that it could read. */
  count(found: { rejected?: number; unknownFields?: number }): void
  /** Counts a request that a door turned away. */
  countRefused(reason: string): void
  /** Counts a call that passed but could not be recorded. */
  countDropped(reason: string): void
  counters(): IngestCounters
  queue(): { records: number; bytes: number; limitBytes: number }
  /** Tells of commits, at most once per `EVENT_INTERVAL_MS`, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<CollectorEvent>
}

const EVENT_INTERVAL_MS = 250

export function createIngest(store: Pick<Store, 'insertCalls' | 'insertSpanEvents'>): Ingest {
  const publisher = new EventPublisher<{ commit: CollectorEvent }>()
  const counters = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, unknownFields: 0, truncated: 0 }
  // A map, because reasons become keys.
  const refused = new Map<string, number>()
  const dropped = new Map<string, number>()
  const waiting = { records: 0, bytes: 0 }
  let storedSinceEvent = 0
  let nextEvent: NodeJS.Timeout | undefined

  function announce(stored: number): void {
    storedSinceEvent += stored
    if (nextEvent || storedSinceEvent === 0) return
    nextEvent = setTimeout(() => {
      nextEvent = undefined
      publisher.publish('commit', { type: 'calls', stored: storedSinceEvent })
      storedSinceEvent = 0
    }, EVENT_INTERVAL_MS)
    // An event that nobody will see must not keep the process alive.
    nextEvent.unref()
  }

  return {
    async submit(calls, sizeBytes) {
      if (waiting.bytes + sizeBytes > LIMITS.queueBytes) {
        throw new ConsoleError('queue-full', 'Too much is waiting to be stored. Retry shortly.')
      }
      waiting.bytes += sizeBytes
      waiting.records += calls.length
      try {
        const tidied = calls.map(tidyCall)
        const outcome = await store.insertCalls(tidied)
        const duplicates = outcome.duplicateIndexes.length
        counters.accepted += calls.length - duplicates
        counters.duplicates += duplicates
        counters.conflicts += outcome.conflicts
        counters.truncated += tidied.filter((call) => call.flags.includes('text-truncated')).length
        announce(calls.length - duplicates)
        return outcome
      } finally {
        waiting.bytes -= sizeBytes
        waiting.records -= calls.length
      }
    },
    submitEvents: (events) => store.insertSpanEvents(events),
    count({ rejected = 0, unknownFields = 0 }) {
      counters.rejected += rejected
      counters.unknownFields += unknownFields
    },
    countRefused: (reason) => refused.set(reason, (refused.get(reason) ?? 0) + 1),
    countDropped: (reason) => dropped.set(reason, (dropped.get(reason) ?? 0) + 1),
    counters: () => ({
      ...counters,
      refused: Object.fromEntries(refused),
      dropped: Object.fromEntries(dropped),
    }),
    queue: () => ({ ...waiting, limitBytes: LIMITS.queueBytes }),
    events: (signal) => publisher.subscribe('commit', { signal, maxBufferedEvents: 1 }),
  }
}
