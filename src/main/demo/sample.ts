import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { DemoFeedback } from './feedback.ts'
import { feedbackOn } from './feedback.ts'
import { APPS } from './scenario.ts'
import { demoCalls } from './traffic.ts'

/** By their request ids made-up calls are known, and nothing else is taken for one. */
export const SAMPLE_PREFIX = 'demo-'
export const SAMPLE_REQUEST_ID = /^demo-\d+-\d+-\d+$/

const BATCH = 500
const DAY_MS = 86_400_000
const DAYS = 7
const CALLS_PER_DAY = 4_000
/** One of so many is kept: enough to look around with, and there within seconds. */
const ONE_OF = 5
/** Not that of `--demo`, whose calls are others. */
const SEED = 11

/** Made-up calls, and what is thought of them. */
export interface SampleBatch {
  calls: AppLogInput[]
  feedback: DemoFeedback[]
  /** How much of all there is by then, 0 to 1. */
  share: number
}

/** A week of calls up to now, batch by batch, oldest first. @param nowMs epoch ms */
export function* sampleBatches(nowMs: number, utcOffsetMinutes: number): Generator<SampleBatch> {
  const fromMs = nowMs - DAYS * DAY_MS
  const traffic = { seed: SEED, callsPerDay: CALLS_PER_DAY, utcOffsetMinutes, fromMs, toMs: nowMs }
  let calls: AppLogInput[] = []
  let made = 0
  const batch = (share: number): SampleBatch => {
    const feedback = calls.flatMap((call) => feedbackOn(call) ?? [])
    const whole = { calls, feedback: feedback.filter(({ givenAt }) => givenAt <= nowMs), share }
    calls = []
    return whole
  }
  for (const call of demoCalls(traffic)) {
    // The last slot reaches beyond now.
    if (Number(call.startedAt) > nowMs) continue
    made += 1
    if (made % ONE_OF !== 0) continue
    calls.push(call)
    if (calls.length === BATCH) yield batch((Number(call.startedAt) - fromMs) / (nowMs - fromMs))
  }
  if (calls.length > 0) yield batch(1)
}

/** Whether what has these labels may be of made-up calls: it names nobody and nothing else. */
export function isSampleLabels(labels: Partial<Record<string, string>>): boolean {
  const { app, user } = labels
  return (
    (app === undefined || APPS.some(({ name }) => name === app)) &&
    (user === undefined || /^user-\d{3}$/.test(user))
  )
}
