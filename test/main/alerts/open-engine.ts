import { onTestFinished } from 'vitest'
import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { AlertBook } from '../../../src/main/alerts/alert-book.ts'
import type { AlertEngine } from '../../../src/main/alerts/engine.ts'
import { createEngine } from '../../../src/main/alerts/engine.ts'
import type { AlertRecords } from '../../../src/main/alerts/records.ts'
import { createRecords } from '../../../src/main/alerts/records.ts'
import type { AlertRules } from '../../../src/main/alerts/rules.ts'
import { createRules } from '../../../src/main/alerts/rules.ts'
import type { Silences } from '../../../src/main/alerts/silences.ts'
import { createSilences } from '../../../src/main/alerts/silences.ts'
import type { NewCall } from '../../../src/main/store/call.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { recordingLog } from '../../start-console.ts'
import { makeCall } from '../store/make-call.ts'
import { FakeClock } from './fake-clock.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

type Measure = Store['measureRules']

export interface OpenEngine {
  clock: FakeClock
  store: Store
  rules: AlertRules
  records: AlertRecords
  silences: Silences
  engine: AlertEngine
  log: ReturnType<typeof recordingLog>
  /** What stands between the engine and the store's answers. */
  measure: { through: (ask: Measure) => Measure }
  create(rule: Partial<NewAlertRule>): Promise<string>
  /** Calls that arrive now. */
  post(count: number, call?: Partial<NewCall>): Promise<void>
  /** Time passes, a check every minute, and a look at the groups. */
  pass(minutes: number): Promise<void>
  /** The console is closed, and opened again later. */
  restart(afterMs: number): Promise<void>
  all(): Promise<AlertRecord[]>
  /** What was put into the outbox, in order: event, labels of the first record, how many, and why not. */
  told(channelId?: string): Promise<string[]>
}

/** An engine on a real store, with a clock that the test moves and no timer: it looks when it is told to. Rules are checked every minute. */
export async function openEngine(start = Date.UTC(2026, 10, 26, 12)): Promise<OpenEngine> {
  const dataDir = temporaryFolder()
  const clock = new FakeClock(start)
  const log = recordingLog()
  const measure = { through: (ask: Measure) => ask }
  const open = async () => {
    const store = await openStore({ dataDir })
    const book = await AlertBook.open(store, () => undefined)
    const now = () => clock.now()
    const engine = createEngine({
      book,
      store: {
        ask: (name, input) => store.ask(name, input),
        measureRules: (request) => measure.through((one) => store.measureRules(one))(request),
      },
      clock,
      log,
      intervalMs: MINUTE,
      blockOf: (id) => (id === 'os' || id === 'inApp' ? null : 'channel-removed'),
      fillTemplate: (template) => template,
      budgetUsage: async () => ({}),
      onQueued: () => undefined,
    })
    return {
      store,
      engine,
      rules: createRules({
        book,
        now,
        intervalMs: MINUTE,
        hasChannel: () => true,
        hasBudget: () => true,
        statusOf: ({ id }) => ({ state: 'inactive', instances: 0, ...engine.healthOf(id) }),
      }),
      records: createRecords({ store, book, now }),
      silences: createSilences({ book, now }),
    }
  }
  const close = async () => {
    await opened.engine.close()
    await opened.store.close()
  }
  const opened: OpenEngine = {
    ...(await open()),
    clock,
    log,
    measure,
    async create(rule) {
      const made = await opened.rules.create(
        newAlertRuleSchema.parse({
          name: 'Failures',
          conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.5, windowMinutes: 1 }],
          ...rule,
        }),
      )
      if (typeof made === 'string') throw new Error(made)
      return made.id
    },
    async post(count, call = {}) {
      const at = clock.now()
      const calls = Array.from({ length: count }, () => makeCall({ startedAt: at, arrivedAt: at, ...call }))
      await opened.store.insertCalls(calls)
    },
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute += 1) {
        // As often as the engine looks by itself.
        for (let part = 0; part < 6; part += 1) {
          clock.pass(MINUTE / 6)
          await opened.engine.tick()
        }
      }
    },
    async restart(afterMs) {
      await close()
      clock.pass(afterMs)
      Object.assign(opened, await open())
      await opened.engine.tick()
    },
    all: async () => (await opened.records.list({ limit: 1_000 })).items,
    async told(channelId = 'inApp') {
      const notifications = (await opened.all()).flatMap((record) =>
        record.notifications.map((notification) => ({ ...notification, record })),
      )
      const byDelivery = Map.groupBy(
        notifications.filter((notification) => notification.channelId === channelId),
        ({ deliveryId }) => deliveryId,
      )
      return [...byDelivery.values()]
        .sort(([a], [b]) => (a?.createdAt ?? 0) - (b?.createdAt ?? 0))
        .map((ofOne) => {
          const [first] = ofOne
          const why = first?.reason === undefined ? '' : `: ${first.reason}`
          return `${first?.event} ${ofOne.length}${why}`
        })
    },
  }
  onTestFinished(close)
  await opened.engine.tick()
  return opened
}
