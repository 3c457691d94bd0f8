import { EventPublisher } from '@orpc/server'
import type { AlertRule } from '#shared/contract/alerts/rules.ts'
import type { StoredAlertRule } from '../store/alerts/alert-changes.ts'
import { AlertBook } from './alert-book.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'
import { openDelivery } from './delivery.ts'
import type { AlertRecords } from './records.ts'
import { createRecords } from './records.ts'
import type { AlertRules } from './rules.ts'
import { createRules } from './rules.ts'
import type { Silences } from './silences.ts'
import { createSilences } from './silences.ts'

/** Tells that records or rules changed. */
interface AlertsEvent {
  type: 'alerts'
  unread: number
  firing: number
  isSoundOn: boolean
}

export interface Alerts {
  rules: AlertRules
  records: AlertRecords
  silences: Silences
  delivery: Delivery
  /** Tells of changes, at most once per `EVENT_INTERVAL_MS`, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<AlertsEvent>
  /** Stops sending; what waits is sent with the next start. */
  close(): Promise<void>
}

export interface AlertsOptions extends Omit<DeliveryOptions, 'onChange'> {
  /** How often rules are checked. */
  intervalMs: number
}

const EVENT_INTERVAL_MS = 100

/** Reads rules, records and silences, and goes on with them. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { store, intervalMs, isSoundOn, log } = options
  const now = () => Date.now()
  const publisher = new EventPublisher<{ change: AlertsEvent }>()
  let nextEvent: NodeJS.Timeout | undefined
  const announce = (): void => {
    nextEvent ??= setTimeout(() => {
      nextEvent = undefined
      records.counts().then(
        (counts) => publisher.publish('change', { type: 'alerts', ...counts, isSoundOn: isSoundOn() }),
        (error: unknown) => log.warn(`alerts could not be counted: ${String(error)}`),
      )
    }, EVENT_INTERVAL_MS)
    // An event that nobody will see must not keep the process alive.
    nextEvent.unref()
  }
  const book = await AlertBook.open(store, announce)
  const records = createRecords({ store, book, now })
  const delivery = await openDelivery({ ...options, onChange: announce })
  return {
    rules: createRules({
      book,
      now,
      intervalMs,
      hasChannel: (id) => delivery.channels.isEnabled(id) !== undefined,
      statusOf: (rule) => statusOf(book, rule),
    }),
    records,
    silences: createSilences({ book, now }),
    delivery,
    events: (signal) => publisher.subscribe('change', { signal, maxBufferedEvents: 1 }),
    close: () => delivery.close(),
  }
}

/** The phases of a rule's instances, the gravest first. */
const PHASES = ['firing', 'recovering', 'pending'] as const

function statusOf(book: AlertBook, rule: StoredAlertRule): AlertRule['status'] {
  const phases = [...book.instancesOf(rule.id)].map(({ state }) => state.phase)
  return {
    state: PHASES.find((phase) => phases.includes(phase)) ?? 'inactive',
    health: 'ok',
    error: null,
    instances: phases.length,
    evaluatedAt: null,
  }
}
