import { expect, test } from 'vitest'
import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { DemoFeedback } from '../../../src/main/demo/feedback.ts'
import { startDemo } from '../../../src/main/demo/runner.ts'
import { recordingLog } from '../../start-console.ts'

const START_MS = Date.parse('2026-11-18T02:00:00Z')

/** A clock that moves on by itself whenever the demo waits; it stops the demo's waiting when `endMs` has come. */
function startWithFakeClock(
  submit: (calls: AppLogInput[]) => Promise<void>,
  endMs: number,
  submitFeedback: (feedback: DemoFeedback[], nowMs: number) => Promise<void> = async () => {},
) {
  const log = recordingLog()
  let nowMs = START_MS
  let reached = () => {}
  const isOver = new Promise<void>((resolve) => (reached = resolve))
  const demo = startDemo({
    submit,
    submitFeedback: (feedback) => submitFeedback(feedback, nowMs),
    log,
    seed: 7,
    days: 1,
    utcOffsetMinutes: 480,
    now: () => nowMs,
    wait: (milliseconds, signal) => {
      nowMs += milliseconds
      if (nowMs < endMs) return Promise.resolve()
      reached()
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
      )
    },
  })
  return { demo, isOver, log, nowMs: () => nowMs }
}

test('fills the past, goes on live without gap or repetition, and stops', async () => {
  const received: AppLogInput[] = []
  const endMs = START_MS + 120_000
  const { demo, isOver } = startWithFakeClock(async (calls) => void received.push(...calls), endMs)

  await isOver
  await demo.stop()

  const starts = received.map((call) => Number(call.startedAt))
  expect(new Set(received.map((call) => call.requestId)).size).toBe(received.length)
  expect(Math.min(...starts)).toBeLessThan(START_MS - 23 * 3_600_000)
  expect(starts.filter((start) => start >= START_MS).length).toBeGreaterThan(3)
  expect(Math.max(...starts)).toBeLessThanOrEqual(endMs)
})

test('a call that could not be stored is handed over again', async () => {
  const received: AppLogInput[] = []
  let failures = 2
  const { demo, isOver, log } = startWithFakeClock(async (calls) => {
    if (failures-- > 0) throw new Error('the disk is full')
    received.push(...calls)
  }, START_MS + 60_000)

  await isOver
  await demo.stop()

  expect(received.length).toBeGreaterThan(1_000)
  expect(new Set(received.map((call) => call.requestId)).size).toBe(received.length)
  expect(log.lines.filter((line) => line.includes('tries again')).length).toBe(2)
})

test('feedback comes once, after its call, and is resolved only if that is past', async () => {
  const calls = new Set<string>()
  const received: DemoFeedback[] = []
  const endMs = START_MS + 20 * 60_000
  const { demo, isOver } = startWithFakeClock(
    async (some) => some.forEach(({ requestId = '' }) => calls.add(requestId)),
    endMs,
    async (some, nowMs) => {
      for (const { input, givenAt, resolution } of some) {
        expect(calls).toContain(input.requestId)
        expect(givenAt).toBeLessThanOrEqual(nowMs)
        if (resolution) expect(resolution.at).toBeLessThanOrEqual(nowMs)
      }
      received.push(...some)
    },
  )

  await isOver
  await demo.stop()

  expect(new Set(received.map(({ input }) => input.id)).size).toBe(received.length)
  expect(received.length).toBeGreaterThan(200)
  expect(received.filter(({ givenAt }) => givenAt > START_MS).length).toBeGreaterThan(3)
  expect(received.some(({ resolution }) => resolution)).toBe(true)
})
