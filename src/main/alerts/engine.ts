import type { AlertEngineStatus, AlertRule } from '#shared/contract/alerts/rules.ts'
import type { Log } from '../log.ts'
import type { StoredAlertRule } from '../store/alerts/alert-changes.ts'
import type { Reading, RuleReadings } from '../store/alerts/rule-readings.ts'
import type { Store } from '../store/store.ts'
import type { AlertBook } from './alert-book.ts'
import { applyReadings, isOfBrokenRule, mendBroken, raiseBroken } from './apply-readings.ts'
import type { Clock } from './clock.ts'
import type { FillTemplate } from './flush-group.ts'
import { enqueue, flushGroup } from './flush-group.ts'
import type { Block } from './grouping.ts'
import type { Clocks, SlotDecision } from './slots.ts'
import { decideSlot } from './slots.ts'

/** Checks rules slot by slot, and says what is to be told of it. */
export interface AlertEngine {
  /** Begins: the collector takes calls from now on. */
  start(): void
  /** Does what there is to do now; a timer calls it, and so may tests. */
  tick(): Promise<void>
  status(): AlertEngineStatus
  healthOf(ruleId: string): Pick<AlertRule['status'], 'health' | 'error' | 'leftOut' | 'evaluatedAt'>
  /** Finishes the check that runs. */
  close(): Promise<void>
}

export interface EngineOptions {
  book: AlertBook
  store: Pick<Store, 'ask' | 'measureRules'>
  clock: Clock
  log: Log
  intervalMs: number
  /** From the first of a rule's instances that fires to the first notification. */
  groupWaitMs?: number
  /** Between two looks at what fires of a rule. */
  groupIntervalMs?: number
  retryDelaysMs?: readonly number[]
  /** Why a channel cannot be used, null if it can. */
  blockOf: (channelId: string) => Block | null
  fillTemplate: FillTemplate
  /** How much is used of the budgets that rules watch, in percent, by their ids. */
  budgetUsage: (rules: readonly StoredAlertRule[]) => Promise<Record<string, number>>
  /** There are new notifications in the outbox. */
  onQueued: () => void
}

const GROUP_WAIT_MS = 10_000
const GROUP_INTERVAL_MS = 60_000
const RETRY_DELAYS_MS = [250, 500, 1_000]
const MINUTE_MS = 60_000
/** Timers are set no further ahead: a clock that was set, and sleep, are noticed by looking. */
const TICK_MAX_MS = 5_000
/** Values before an episode that its record shows. */
const COURSE_POINTS = 60
/** With so long between two looks nobody was there to take calls. */
const ABSENCE_MS = 15_000

type Health = ReturnType<AlertEngine['healthOf']>
type Check = Extract<SlotDecision, { kind: 'check' }>

const UNKNOWN: Health = { health: 'ok', error: null, leftOut: 0, evaluatedAt: null }

export function createEngine(options: EngineOptions): AlertEngine {
  const { book, store, clock, log, intervalMs } = options
  const { groupWaitMs = GROUP_WAIT_MS, groupIntervalMs = GROUP_INTERVAL_MS } = options
  const { retryDelaysMs = RETRY_DELAYS_MS } = options
  const slotMs = greatestCommonDivisor(intervalMs, MINUTE_MS)
  const health = new Map<string, Health>()
  /** What rules that are not split measured lately: the course before an episode. */
  const courses = new Map<string, { t: number; value: number | null }[]>()
  /** When groups are looked at next, by the monotonic clock. */
  const dueGroups = new Map<string, number>()
  let sinceMonotonicMs = clock.monotonic()
  let hasChecked = false
  let upSince = clock.now()
  let lastLook = clock.now()
  let skippedSlots = 0
  let lastDurationMs: number | null = null
  let isHeld = false
  let checking: Promise<void> | undefined
  let flushing: Promise<void> | undefined
  let cancelTimer: (() => void) | undefined
  let isClosed = false
  let announceClose: (() => void) | undefined
  const closing = new Promise<void>((resolve) => (announceClose = resolve))

  /** Notices when nobody was there to take calls: the windows that hold such a time are not whole. */
  const look = (): Clocks => {
    const clocks = { wallMs: clock.now(), monotonicMs: clock.monotonic() }
    const passedMs = clocks.wallMs - lastLook
    if (passedMs > ABSENCE_MS || passedMs < 0) upSince = clocks.wallMs
    lastLook = clocks.wallMs
    return clocks
  }

  const measure = async (
    at: number,
    rules: readonly StoredAlertRule[],
  ): Promise<Map<string, RuleReadings>> => {
    const results = new Map<string, RuleReadings>()
    const attempt = async (): Promise<void> => {
      const missing = rules.filter(({ id }) => results.get(id)?.ok !== true)
      const tracked = (ruleId: string) =>
        [...book.instancesOf(ruleId)]
          .filter((instance) => !isOfBrokenRule(instance))
          .map(({ labels }) => labels)
      try {
        const measuring = store.measureRules({
          at,
          slotMs,
          upSince,
          rules: missing.map((rule) => ({ ...measuredPart(rule), id: rule.id, tracked: tracked(rule.id) })),
          budgets: await options.budgetUsage(missing),
        })
        // The first look at many calls takes long: it is not waited for at the end.
        for (const result of (await Promise.race([measuring, closing])) ?? [])
          results.set(result.ruleId, result)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        for (const { id } of missing) results.set(id, { ruleId: id, ok: false, error: message })
      }
    }
    await attempt()
    for (const delayMs of retryDelaysMs) {
      if (isClosed || [...results.values()].every(({ ok }) => ok)) break
      await new Promise<void>((resolve) => clock.after(delayMs, resolve))
      await attempt()
    }
    return results
  }

  const remember = (ruleId: string, t: number, readings: readonly Reading[]): void => {
    const [reading] = readings
    if (!reading || Object.keys(reading.labels).length > 0) return
    const course = courses.get(ruleId) ?? []
    courses.set(ruleId, [...course.slice(1 - COURSE_POINTS), { t, value: reading.value }])
  }
  const forget = (ruleId: string): void => {
    health.delete(ruleId)
    courses.delete(ruleId)
  }

  const check = async ({ slot, skipped, place, isAfterLongBreak }: Check): Promise<void> => {
    const startedAt = clock.monotonic()
    const rules = [...book.rules.values()].filter(({ isEnabled }) => isEnabled)
    const results = rules.length === 0 ? new Map<string, RuleReadings>() : await measure(slot, rules)
    if (isClosed) return
    const isQueued = await book.transact((draft) => {
      // Without rules there is nothing to go on with after a restart.
      if (rules.length > 0 || draft.instances.size > 0) draft.place = place
      for (const rule of rules) {
        const result = results.get(rule.id)
        // What was measured of a rule that has changed since says nothing of the one it is now.
        if (!result || draft.rules.get(rule.id) !== rule) continue
        if (!result.ok) {
          const record = raiseBroken(draft, rule, result.error, slot)
          const notice = record && { event: 'firing' as const, recordIds: [record.id], suppression: null }
          if (notice)
            enqueue(draft, { ...rule, messageTemplate: '' }, 'inApp', notice, {
              ...options,
              now: clock.now(),
            })
          continue
        }
        mendBroken(draft, rule, slot)
        applyReadings(draft, rule, result.readings, {
          at: slot,
          intervalMs,
          time: { now: place.engineMs, liveSince: place.liveSince, isAfterLongBreak },
          firstFlushAt: clock.now() + groupWaitMs,
          before: courses.get(rule.id) ?? [],
        })
      }
      return draft.deliveries.length > 0
    })
    if (book.place !== place) book.moveTo(place)
    skippedSlots += skipped
    hasChecked = true
    sinceMonotonicMs = startedAt
    for (const ruleId of health.keys()) if (!results.has(ruleId)) forget(ruleId)
    for (const [ruleId, result] of results) {
      health.set(ruleId, healthBy(result, slot))
      if (result.ok) remember(ruleId, slot, result.readings)
    }
    lastDurationMs = clock.monotonic() - startedAt
    if (isQueued) options.onQueued()
  }

  const flush = async (ruleId: string): Promise<void> => {
    const group = book.groups.get(ruleId)
    if (!group) return
    const members = Object.values(group.state.channels).flatMap(({ members: of }) => Object.keys(of))
    const recordIds = [...new Set(members)]
    const seen = recordIds.length === 0 ? [] : await store.ask('channelsThatSaw', { recordIds })
    const pairs = new Set(seen.map(({ recordId, channelId }) => `${recordId} ${channelId}`))
    const isQueued = await book.transact((draft) => {
      const now = clock.now()
      flushGroup(draft, ruleId, {
        ...options,
        now,
        nextFlushAt: now + groupIntervalMs,
        hasSeen: (recordId, channelId) => pairs.has(`${recordId} ${channelId}`),
      })
      return draft.deliveries.length > 0
    })
    if (isQueued) options.onQueued()
  }

  /** Looks at the groups whose time has come. Times are the monotonic clock's, so that a clock that is set delays nothing. */
  const flushDue = async (): Promise<void> => {
    const now: Clocks = { wallMs: clock.now(), monotonicMs: clock.monotonic() }
    for (const ruleId of dueGroups.keys()) if (!book.groups.has(ruleId)) dueGroups.delete(ruleId)
    for (const [ruleId, { state }] of book.groups) {
      const waitMs = Math.min(Math.max(0, state.flushAt - now.wallMs), Math.max(groupWaitMs, groupIntervalMs))
      const due = dueGroups.get(ruleId) ?? now.monotonicMs + waitMs
      dueGroups.set(ruleId, due)
    }
    for (const [ruleId, due] of dueGroups) {
      if (now.monotonicMs < due) continue
      try {
        await flush(ruleId)
        if (book.groups.has(ruleId)) dueGroups.set(ruleId, now.monotonicMs + groupIntervalMs)
        else dueGroups.delete(ruleId)
      } catch (error) {
        // The store is busy or full: nothing was told, and it is tried again.
        log.error('what alerts have to tell could not be stored', error)
      }
    }
  }
  const flushOnce = (): Promise<void> =>
    (flushing ??= flushDue().finally(() => {
      flushing = undefined
    }))

  const checkAndFlush = async (decision: Check): Promise<void> => {
    try {
      await check(decision)
    } catch (error) {
      // Nothing has changed: the slot is tried again with the next tick, unless another has begun.
      log.error('alert rules could not be checked', error)
    }
    await flushOnce()
  }

  const tick = async (): Promise<void> => {
    const clocks = look()
    if (!checking && !isClosed) {
      const decision = decideSlot(book.place, clocks, { intervalMs, sinceMonotonicMs, hasChecked })
      isHeld = decision.kind === 'wait' && decision.isHeld
      if (decision.kind === 'check') {
        if (decision.isAfterBreak) upSince = clocks.wallMs
        checking = checkAndFlush(decision).finally(() => {
          checking = undefined
          if (cancelTimer) schedule()
        })
      }
    }
    await Promise.all([checking, flushOnce()])
  }

  /** A check that takes long does not keep groups waiting. */
  const schedule = (): void => {
    cancelTimer?.()
    if (isClosed) return
    const monotonicMs = clock.monotonic()
    const nextGroup = Math.min(...[...dueGroups.values()].map((due) => due - monotonicMs))
    const nextSlot = intervalMs - (clock.now() % intervalMs)
    cancelTimer = clock.after(Math.max(1, Math.min(nextSlot, nextGroup, TICK_MAX_MS)), () => {
      void tick()
      schedule()
    })
  }

  return {
    start() {
      sinceMonotonicMs = clock.monotonic()
      upSince = clock.now()
      lastLook = upSince
      schedule()
    },
    tick,
    status: () => ({ intervalMs, lastSlot: book.place.lastSlot, lastDurationMs, skippedSlots, isHeld }),
    healthOf: (ruleId) => health.get(ruleId) ?? UNKNOWN,
    async close() {
      isClosed = true
      announceClose?.()
      cancelTimer?.()
      await Promise.all([checking, flushing])
    },
  }
}

function healthBy(result: RuleReadings, evaluatedAt: number): Health {
  if (!result.ok) return { health: 'error', error: result.error, leftOut: 0, evaluatedAt }
  const { readings, leftOut } = result
  const hasNoData = readings.length > 0 && readings.every(({ hasData }) => !hasData)
  return { health: hasNoData ? 'noData' : 'ok', error: null, leftOut, evaluatedAt }
}

function measuredPart({ match, conditions, filter, splitBy, minSamples, noData }: StoredAlertRule) {
  return { match, conditions, filter, splitBy, minSamples, noData }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
