import { expect, onTestFinished, test } from 'vitest'
import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { previewRule } from '../../../src/main/alerts/preview.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.UTC(2026, 10, 26, 12)

async function openWithCalls() {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  const at = (arrivedAt: number, overrides: Parameters<typeof makeCall>[0] = {}) =>
    makeCall({ arrivedAt, startedAt: arrivedAt, ...overrides })
  const calls = []
  for (let time = NOW - 24 * HOUR; time < NOW; time += 5 * MINUTE) {
    calls.push(at(time), at(time, { app: 'mail' }))
    // Between six and four hours ago all of an app fail.
    const fails = time >= NOW - 6 * HOUR && time < NOW - 4 * HOUR
    if (fails) calls.push(at(time, { status: 'error', errorType: 'timeout', app: 'mail' }))
  }
  await store.insertCalls(calls)
  return store
}

const rule = (overrides: object): NewAlertRule =>
  newAlertRuleSchema.parse({
    name: 'r',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.2, windowMinutes: 10 }],
    splitBy: 'app',
    ...overrides,
  })

test('a preview measures as the engine would have, and fires when the rule would have', async () => {
  const store = await openWithCalls()
  const preview = await previewRule(store, rule({ forMinutes: 30 }), { now: NOW - 30_000, budgets: {} })
  expect(preview.bucketMs).toBe(5 * MINUTE)
  expect(preview.series.map(({ labels }) => labels)).toEqual([{ app: 'mail' }, { app: 'checkout-bot' }])
  const [mail, other] = preview.series
  expect(mail?.points.find(({ t }) => t === NOW - 5 * HOUR)?.value).toBe(0.5)
  expect(mail?.points.at(-1)).toEqual({ t: NOW, value: 0 })
  expect(new Set(other?.points.slice(1).map(({ value }) => value))).toEqual(new Set([0]))
  // The first of the window fail from the first point after the beginning on.
  expect(preview.firings).toEqual([
    { labels: { app: 'mail' }, from: NOW - 6 * HOUR + 35 * MINUTE, to: NOW - 4 * HOUR + 10 * MINUTE },
  ])
})

test('a preview of a budget knows what is used of it now', async () => {
  const store = await openWithCalls()
  const conditions = [{ metric: 'budgetUsedPercent', comparison: 'gt', threshold: 80, budgetId: 'b' }]
  const preview = await previewRule(store, rule({ conditions }), { now: NOW, budgets: { b: 90 } })
  expect(preview.series[0]?.points.at(-1)).toEqual({ t: NOW, value: 90 })
  await expect(previewRule(store, rule({ conditions }), { now: NOW, budgets: {} })).rejects.toThrow('budget')
})
