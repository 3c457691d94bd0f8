import { EventPublisher } from '@orpc/server'
import type {
  AlertEngineStatus,
  AlertPreview,
  AlertRule,
  NewAlertRule,
} from '#shared/contract/alerts/rules.ts'
import type { Budgets } from '../budgets/index.ts'
import type { StoredAlertRecord, StoredAlertRule } from '../store/alerts/alert-changes.ts'
import { AlertBook } from './alert-book.ts'
import { isOfBrokenRule } from './apply-readings.ts'
import { budgetUsage } from './budget-usage.ts'
import { systemClock } from './clock.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'
import { openDelivery } from './delivery.ts'
import type { AlertEngine } from './engine.ts'
import { createEngine } from './engine.ts'
import { previewRule } from './preview.ts'
import type { AlertRecords } from './records.ts'
import { createRecords } from './records.ts'
import type { AlertRules } from './rules.ts'
import { createRules } from './rules.ts'
import type { Silences } from './silences.ts'
import { createSilences } from './silences.ts'
import { removeRecords } from './remove-records.ts'
import { forgetUser } from './forget-user.ts'
import { fillTemplate } from './wording/fill-template.ts'

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
  preview(rule: NewAlertRule): Promise<AlertPreview>
  /** Takes a user's name out of all that alerts go on with. */
  forgetUser(userId: string): Promise<void>
  /**
   * Takes out records as if their episodes had never been.
   *
   * @param from epoch ms; records that started at or after it.
   * @returns how many there were.
   */
  removeRecords(
    from: number,
    isMeant: (record: Pick<StoredAlertRecord, 'labels'>) => boolean,
  ): Promise<number>
  engineStatus(): AlertEngineStatus
  /** Tells of changes, at most once per `EVENT_INTERVAL_MS`, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<AlertsEvent>
  /** Begins to check rules: the collector takes calls from now on. */
  start(): void
  /** Looks now at what may be due: the machine slept, and timers with it. */
  wake(): void
  /** Finishes the check that runs, and stops sending; what waits is sent with the next start. */
  close(): Promise<void>
}

export interface AlertsOptions extends Omit<DeliveryOptions, 'onChange'> {
  timing: AlertTiming
  budgets: Pick<Budgets, 'get'>
}

export interface AlertTiming {
  /** How often rules are checked. */
  intervalMs: number
  /** From the first of a rule's instances that fires to the first notification. */
  groupWaitMs?: number
  /** Between two looks at what fires of a rule. */
  groupIntervalMs?: number
}

const EVENT_INTERVAL_MS = 100

/** Reads rules, records and silences, and goes on with them. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { store, timing, budgets, isSoundOn, wording, log } = options
  const now = () => systemClock.now()
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
  const engine = createEngine({
    ...timing,
    book,
    store,
    clock: systemClock,
    log,
    budgetUsage: (rules) => budgetUsage(store, budgets, rules, now()),
    blockOf(channelId) {
      const isEnabled = delivery.channels.isEnabled(channelId)
      if (isEnabled === undefined) return 'channel-removed'
      return isEnabled ? null : 'channel-disabled'
    },
    fillTemplate: (template, message) => fillTemplate(template, message, wording()),
    onQueued: () => delivery.wake(),
  })
  const rules = createRules({
    book,
    now,
    intervalMs: timing.intervalMs,
    hasBudget: (id) => budgets.get(id) !== undefined,
    hasChannel: (id) => delivery.channels.isEnabled(id) !== undefined,
    statusOf: (rule) => statusOf(book, engine, rule),
  })
  return {
    rules,
    records,
    silences: createSilences({ book, now }),
    delivery,
    async preview(rule) {
      const usage = await budgetUsage(store, budgets, [rule], now())
      return previewRule(store, rule, { now: now(), budgets: usage })
    },
    forgetUser(userId) {
      rules.forgetRemovedOf(userId)
      return forgetUser(book, userId, now())
    },
    async removeRecords(from, isMeant) {
      const removed = await removeRecords({ store, book }, from, isMeant)
      announce()
      return removed
    },
    engineStatus: () => engine.status(),
    events: (signal) => publisher.subscribe('change', { signal, maxBufferedEvents: 1 }),
    start: () => engine.start(),
    wake() {
      engine.tick().catch((error: unknown) => log.error('alert rules could not be checked', error))
      delivery.wake()
    },
    async close() {
      clearTimeout(nextEvent)
      await engine.close()
      await delivery.close()
    },
  }
}

/** The phases of a rule's instances, the gravest first. */
const PHASES = ['firing', 'recovering', 'pending'] as const

function statusOf(book: AlertBook, engine: AlertEngine, rule: StoredAlertRule): AlertRule['status'] {
  const instances = [...book.instancesOf(rule.id)].filter((instance) => !isOfBrokenRule(instance))
  const phases = instances.map(({ state }) => state.phase)
  return {
    state: PHASES.find((phase) => phases.includes(phase)) ?? 'inactive',
    instances: phases.length,
    ...engine.healthOf(rule.id),
  }
}
