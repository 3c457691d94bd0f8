import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

const recalculation = vi.hoisted(() => vi.fn())
vi.mock('../../../src/renderer/client.ts', () => ({ client: { costConfigs: { recalculation } } }))

const { useRecalculation } = await import('../../../src/renderer/stores/recalculation.ts')

beforeEach(() => {
  setActivePinia(createPinia())
  recalculation.mockReset()
})

const RANGE = { from: 1, to: 2 }
const PROGRESS = { type: 'progress', done: 2_000, total: 5_000, changed: 7 }
const RESULT = { calls: 5_000, changed: 9, beforeNanos: 1, afterNanos: 2, models: [] }

async function* wholeRun() {
  yield PROGRESS
  yield { type: 'result', result: RESULT }
}

test('first says what would change, then changes the same range', async () => {
  recalculation.mockImplementation(async () => wholeRun())
  const store = useRecalculation()
  await store.look(RANGE)
  expect([store.state, store.kind, store.result]).toEqual(['done', 'look', RESULT])
  await store.change()
  expect([store.state, store.kind, store.result]).toEqual(['done', 'change', RESULT])
  expect(recalculation.mock.calls.map(([input]: unknown[]) => input)).toEqual([
    { ...RANGE, dryRun: true },
    { ...RANGE, dryRun: false },
  ])
  store.reset()
  expect([store.state, store.result]).toEqual(['idle', undefined])
})

test('stopped by the user it says how far it was, and is not a failure', async () => {
  recalculation.mockImplementation(async (_input: unknown, { signal }: { signal: AbortSignal }) =>
    (async function* () {
      yield PROGRESS
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      )
    })(),
  )
  const store = useRecalculation()
  const run = store.look(RANGE)
  await vi.waitFor(() => expect(store.progress).toEqual(PROGRESS))
  expect(store.isRunning).toBe(true)
  store.reset()
  expect(store.isRunning).toBe(true)
  store.stop()
  await run
  expect([store.state, store.progress, store.result]).toEqual(['stopped', PROGRESS, undefined])
})

test('a store that does not answer is a failure, and what was found before is not shown as its result', async () => {
  recalculation.mockImplementationOnce(async () => wholeRun())
  const store = useRecalculation()
  await store.look(RANGE)
  recalculation.mockImplementationOnce(async () => Promise.reject(new Error('store-closed')))
  await store.change()
  expect([store.state, store.result]).toEqual(['failed', undefined])
})
