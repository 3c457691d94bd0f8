import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import type { DemoApp } from './scenario.ts'
import { APPS, ENVIRONMENTS, ERRORS, INCIDENT, RHYTHM, USERS, WEEKEND_SHARE } from './scenario.ts'
import { exchangeFor } from './texts.ts'

export interface TrafficOptions {
  seed: number
  /** epoch ms, `[fromMs, toMs)` */
  fromMs: number
  toMs: number
  /** Calls of a working day. */
  callsPerDay: number
  /** The office's time zone: minutes to add to UTC. */
  utcOffsetMinutes: number
}

/** Traffic is made slot by slot, each from a seed of its own, so that a slot is the same whenever it is made. */
export const SLOT_MS = 10_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SLOTS_PER_HOUR = HOUR_MS / SLOT_MS
/** Even at night there is something to see. */
const LEAST_PER_SLOT = 0.5
const RHYTHM_SUM = RHYTHM.reduce((sum, share) => sum + share, 0)
/** What is made up says so. */
const SAMPLE_TAG = 'sample'
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4

/**
 * Calls of a few busy apps, in order of their start.
 *
 * @returns calls whose slot starts in the range; the same seed gives the same calls, request ids included.
 */
export function* demoCalls(options: TrafficOptions): Generator<AppLogInput> {
  const firstSlot = Math.ceil(options.fromMs / SLOT_MS)
  const endSlot = Math.ceil(options.toMs / SLOT_MS)
  for (let slot = firstSlot; slot < endSlot; slot += 1) yield* callsOfSlot(slot, options)
}

function callsOfSlot(slot: number, { seed, callsPerDay, utcOffsetMinutes }: TrafficOptions): AppLogInput[] {
  const random = createRandom(Math.imul(slot, 0x9e3779b1) ^ seed)
  const slotStartMs = slot * SLOT_MS
  const local = localTime(slotStartMs, utcOffsetMinutes)
  const expected =
    (callsPerDay * (RHYTHM[local.hour] ?? 0) * (local.isWeekend ? WEEKEND_SHARE : 1)) / RHYTHM_SUM
  const count = random.poisson(Math.max(LEAST_PER_SLOT, expected / SLOTS_PER_HOUR))
  const starts = Array.from({ length: count }, () => slotStartMs + random.integer(0, SLOT_MS - 1)).sort(
    (a, b) => a - b,
  )
  return starts.map((startedAt, index) => makeCall(`demo-${seed}-${slot}-${index}`, startedAt, local, random))
}

interface LocalTime {
  hour: number
  day: number
  isWeekend: boolean
}

function localTime(epochMs: number, utcOffsetMinutes: number): LocalTime {
  const localMs = epochMs + utcOffsetMinutes * 60_000
  const day = Math.floor(localMs / DAY_MS)
  const weekday = (((day + EPOCH_WEEKDAY) % 7) + 7) % 7
  return { hour: Math.floor(localMs / HOUR_MS) - day * 24, day, isWeekend: weekday === 0 || weekday === 6 }
}

function makeCall(requestId: string, startedAt: number, local: LocalTime, random: Random): AppLogInput {
  const app = random.weighted(APPS)
  const model = random.weighted(app.models)
  const isIncident =
    model.provider === INCIDENT.provider &&
    local.hour === INCIDENT.hour &&
    local.day % INCIDENT.everyDays === 0
  // A few users are behind most calls.
  const user = Math.floor(USERS * random.next() ** 2.2) + 1
  const { prompt, response } = exchangeFor(app, random)
  const call: AppLogInput = {
    requestId,
    app: app.name,
    appType: app.appType,
    environment: random.weighted(ENVIRONMENTS).name,
    userId: `user-${String(user).padStart(3, '0')}`,
    sessionId: `session-${user}-${local.day}-${Math.floor(local.hour / 2)}`,
    operation: app.operation,
    provider: model.provider,
    model: model.name,
    requestModel: model.name,
    startedAt,
    prompt,
    tags: [SAMPLE_TAG],
  }
  if (random.next() < (isIncident ? INCIDENT.errorShare : app.errorShare)) {
    const error = random.weighted(ERRORS)
    return {
      ...call,
      errorType: error.type,
      errorMessage: error.message,
      durationMs: round(random.logNormal(error.durationMs, 0.1)),
    }
  }
  const usage = usageOf(app, random)
  const ttftMs = random.logNormal(model.ttftMs, 0.35) * (isIncident ? INCIDENT.slowdown : 1)
  if (app.operation === 'embeddings') return { ...call, ...usage, durationMs: round(ttftMs) }
  const generationMs = (usage.outputTokens / model.tokensPerSecond) * 1000 * random.logNormal(1, 0.2)
  return { ...call, ...usage, ttftMs: round(ttftMs), durationMs: round(ttftMs + generationMs), response }
}

function usageOf(app: DemoApp, random: Random) {
  const inputTokens = Math.round(random.logNormal(app.inputTokens, 0.5))
  const cachedInputTokens = random.next() < app.cachedShare ? Math.floor(inputTokens * 0.7) : 0
  return { inputTokens, outputTokens: Math.round(random.logNormal(app.outputTokens, 0.6)), cachedInputTokens }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
