import { setTimeout as sleep } from 'node:timers/promises'
import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { Log } from '../log.ts'
import type { DemoFeedback } from './feedback.ts'
import { feedbackOn } from './feedback.ts'
import { demoCalls, SLOT_MS } from './traffic.ts'

export interface DemoOptions {
  /** Stores calls; may reject, and is then asked again with the same calls. */
  submit: (calls: AppLogInput[]) => Promise<void>
  /** The same for feedback on calls that were stored; what is resolved by now is to be stored as resolved. */
  submitFeedback: (feedback: DemoFeedback[]) => Promise<void>
  log: Log
  now?: () => number
  /** Waits, and rejects when the signal aborts. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
  seed?: number
  /** Days to fill before now. */
  days?: number
  callsPerDay?: number
  utcOffsetMinutes?: number
}

const BATCH = 200
const LIVE_TICK_MS = 1_000
const RETRY_MS = 2_000
const DAY_MS = 86_400_000

/**
 * Fills the last days with traffic, then goes on live: each call, and the feedback on it, is handed over when its time has
 * come.
 */
export function startDemo({
  submit,
  submitFeedback,
  log,
  now = Date.now,
  wait = (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  seed = 7,
  days = 7,
  callsPerDay = 12_000,
  utcOffsetMinutes = -new Date().getTimezoneOffset(),
}: DemoOptions): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const startMs = now()
  // A slot's border, so that the live part continues where the past ends.
  const borderMs = Math.floor(startMs / SLOT_MS) * SLOT_MS
  const traffic = { seed, callsPerDay, utcOffsetMinutes }

  /** On calls that were stored, and not given yet. */
  let comingFeedback: DemoFeedback[] = []

  async function handOver<T>(items: T[], what: string, store: (items: T[]) => Promise<void>): Promise<void> {
    while (items.length > 0) {
      signal.throwIfAborted()
      try {
        return await store(items)
      } catch (error) {
        log.warn(`the demo could not store ${items.length} ${what} and tries again: ${String(error)}`)
        await wait(RETRY_MS, signal)
      }
    }
  }

  async function deliver(calls: AppLogInput[]): Promise<void> {
    await handOver(calls, 'calls', submit)
    comingFeedback.push(...calls.flatMap((call) => feedbackOn(call) ?? []))
    const nowMs = now()
    const given = comingFeedback.filter(({ givenAt }) => givenAt <= nowMs)
    comingFeedback = comingFeedback.filter(({ givenAt }) => givenAt > nowMs)
    await handOver(
      given.map((feedback) => asOf(nowMs, feedback)),
      'judgements',
      submitFeedback,
    )
  }

  async function run(): Promise<void> {
    let batch: AppLogInput[] = []
    for (const call of demoCalls({ ...traffic, fromMs: startMs - days * DAY_MS, toMs: borderMs })) {
      batch.push(call)
      if (batch.length < BATCH) continue
      await deliver(batch)
      batch = []
    }
    await deliver(batch)

    let madeUntilMs = borderMs
    let coming: AppLogInput[] = []
    for (;;) {
      const nowMs = now()
      if (madeUntilMs <= nowMs) {
        coming.push(...demoCalls({ ...traffic, fromMs: madeUntilMs, toMs: nowMs + SLOT_MS }))
        madeUntilMs = Math.ceil((nowMs + SLOT_MS) / SLOT_MS) * SLOT_MS
      }
      await deliver(coming.filter((call) => Number(call.startedAt) <= nowMs))
      coming = coming.filter((call) => Number(call.startedAt) > nowMs)
      await wait(LIVE_TICK_MS, signal)
    }
  }

  const running = run().catch((error: unknown) => {
    if (!signal.aborted) log.error('the demo stopped', error)
  })
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Nobody has dealt with it who will do so later. */
function asOf(nowMs: number, { resolution, ...feedback }: DemoFeedback): DemoFeedback {
  return resolution && resolution.at <= nowMs ? { ...feedback, resolution } : feedback
}
