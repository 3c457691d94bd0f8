import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import { Watcher } from '../../../src/main/store/watcher.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from './make-call.ts'

const MINUTE = 60_000
const AT = Date.UTC(2026, 10, 26, 12)

const open = () => openStore({ dataDir: temporaryFolder() })

const costAt = async (store: Store, at = AT) => {
  const rule = newAlertRuleSchema.parse({
    name: 'r',
    conditions: [{ metric: 'cost', comparison: 'gt', threshold: 0, windowMinutes: 60 }],
  })
  const rules = [{ ...rule, id: 'r', tracked: [] }]
  const [result] = await store.measureRules({ at, slotMs: MINUTE, upSince: 0, rules, budgets: {} })
  return result?.ok === true ? result.readings[0]?.value : result?.error
}
const costing = (costNanos: number | null) =>
  makeCall({
    arrivedAt: AT - 1,
    startedAt: AT - 1,
    costNanos,
    costSource: costNanos === null ? null : 'computed',
  })

test('rules are measured by the calls that are committed, and by new prices once they are', async () => {
  const store = await open()
  onTestFinished(() => store.close())
  await store.insertCalls([costing(null)])
  expect(await costAt(store)).toBe(0)
  await store.insertCalls([costing(2e9)])
  expect(await costAt(store)).toBe(2)
  await store.repriceCalls([{ id: 1, costNanos: 3e9, costConfigId: 'own' }])
  expect(await costAt(store)).toBe(5)
})

test('a store closes while rules are measured, and says so to whoever asked', async () => {
  const store = await open()
  await store.insertCalls([costing(1e9)])
  expect(await costAt(store)).toBe(1)
  const asked = costAt(store)
  const closed = store.close()
  await expect(
    asked.then(
      () => 'answered',
      ({ code }: { code: string }) => code,
    ),
  ).resolves.toMatch(/^(answered|store-closed)$/)
  await closed
})

test('calls that came are taken in together, soon, and without calls nothing wakes the thread', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  const thread = new URL('../../../src/main/store/watch-thread.ts', import.meta.url)
  const worker = new Worker(thread, { workerData: databaseOf({ dataDir }) })
  const asked = vi.spyOn(worker, 'postMessage')
  const watcher = new Watcher(() => worker, { idleMs: 24 * 60 * MINUTE })
  onTestFinished(() => watcher.close())
  await watcher.call('measureRules', { at: AT, slotMs: MINUTE, upSince: 0, rules: [], budgets: {} })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())

  vi.advanceTimersByTime(60 * MINUTE)
  expect(asked).toHaveBeenCalledTimes(1)

  for (let call = 0; call < 100; call += 1) watcher.callsStored()
  vi.advanceTimersByTime(60 * MINUTE)
  expect(asked).toHaveBeenCalledTimes(2)
  expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'catchUp' }))
})
