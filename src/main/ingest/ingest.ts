import { createHash } from 'node:crypto'
import type { CollectorEvent, IngestCounters } from '#shared/contract/collector.ts'
import { LIMITS } from '#shared/limits.ts'
import type { CallFlag, NewCall } from '../store/call.ts'
import type { InsertOutcome } from '../store/insert-calls.ts'
import type { NewSpanEvent } from '../store/insert-span-events.ts'
import type { Store } from '../store/store.ts'
import type { AppEvent } from './app-event.ts'
import { ByteBudget } from './byte-budget.ts'
import type { CollectorEvents } from './collector-events.ts'
import { createCollectorEvents } from './collector-events.ts'
import type { UsageEstimator } from './estimation/usage-estimator.ts'
import { Tally } from './tally.ts'
import { tidyCall } from './tidy-call.ts'

/** What every door hands to the store through. */
export interface Ingest {
  /**
   * Bounds what was received and is not yet committed, by bytes: a door takes the bytes of a body as they arrive and
   * gives them back when it has answered.
   */
  readonly queue: ByteBudget
  /**
   * Stores calls and counts them. When the promise resolves they are committed.
   *
   * @throws ConsoleError what `Store.insertCalls` throws.
   */
  submit(calls: NewCall[]): Promise<InsertOutcome>
  /** Keeps events that belong to spans. Resolves when they are committed. */
  submitEvents(events: AppEvent[]): Promise<void>
  /** A digest by which what has no id is known when it is sent again. */
  digest(text: string): string
  /** Counts records, in requests that could be read, that cannot be stored. */
  countRejected(rejections: Tally): void
  /** Counts fields of stored calls that the schema does not know. */
  countUnknownFields(fields: number): void
  /** Counts a request that a door turned away. */
  countRefused(reason: string): void
  /** Counts a call that passed but could not be recorded. */
  countDropped(reason: string): void
  counters(): IngestCounters
  /** Calls that were handed to the store and are not yet committed. */
  waitingRecords(): number
  /** Tells of commits, of calls and of what else is announced, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<CollectorEvent>
}

/** What is not for the store, whichever door it came in by. */
export interface Screen {
  /** Takes out what must not be stored; before anything is made of a call's texts. */
  redact(call: NewCall): NewCall
  /** Leaves of its texts what is to be kept; after all that reads them. */
  capture(call: NewCall): NewCall
  /** Both, for an event. Null: it is not kept. */
  screenEvent(event: NewSpanEvent, app: string): NewSpanEvent | null
  digest(text: string): string
}

const NO_SCREEN: Screen = {
  redact: (call) => call,
  capture: (call) => call,
  screenEvent: (event) => event,
  digest: (text) => createHash('sha256').update(text).digest('hex'),
}

export function createIngest(
  store: Pick<Store, 'insertCalls' | 'insertSpanEvents'>,
  {
    queueBytes = LIMITS.queueBytes,
    estimate = (calls) => calls,
    price = (call) => call,
    screen = NO_SCREEN,
    events = createCollectorEvents(),
  }: {
    queueBytes?: number
    estimate?: UsageEstimator['estimate']
    price?: (call: NewCall) => NewCall
    screen?: Screen
    events?: CollectorEvents
  } = {},
): Ingest {
  const counters = {
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    unknownFields: 0,
    truncated: 0,
    notEstimated: 0,
  }
  const rejected = new Tally()
  const refused = new Tally()
  const dropped = new Tally()
  let waitingRecords = 0

  return {
    queue: new ByteBudget(queueBytes),
    async submit(calls) {
      waitingRecords += calls.length
      try {
        // Redacted before it is cut: half a secret is not known for one.
        const counted = estimate(calls.map((call) => tidyCall(screen.redact(call))))
        // Most calls report their tokens: they wait for nothing.
        const ready = (counted instanceof Promise ? await counted : counted).map((call) =>
          price(screen.capture(call)),
        )
        const outcome = await store.insertCalls(ready)
        const duplicates = outcome.duplicateIndexes.length
        counters.accepted += calls.length - duplicates
        counters.duplicates += duplicates
        counters.conflicts += outcome.conflicts
        counters.truncated += countFlag(ready, 'text-truncated')
        counters.notEstimated += countFlag(ready, 'usage-not-estimated')
        events.announce('calls', calls.length - duplicates)
        return outcome
      } finally {
        waitingRecords -= calls.length
      }
    },
    async submitEvents(events) {
      const kept = events.flatMap(({ app, event }) => screen.screenEvent(event, app) ?? [])
      if (kept.length > 0) await store.insertSpanEvents(kept)
    },
    digest: (text) => screen.digest(text),
    countRejected: (rejections) => rejected.addAll(rejections),
    countUnknownFields(fields) {
      counters.unknownFields += fields
    },
    countRefused: (reason) => refused.add(reason),
    countDropped: (reason) => dropped.add(reason),
    counters: () => ({
      ...counters,
      rejected: rejected.total,
      rejectedByReason: rejected.toRecord(),
      refused: refused.toRecord(),
      dropped: dropped.toRecord(),
    }),
    waitingRecords: () => waitingRecords,
    events: (signal) => events.subscribe(signal),
  }
}

function countFlag(calls: readonly NewCall[], flag: CallFlag): number {
  return calls.filter((call) => call.flags.includes(flag)).length
}
