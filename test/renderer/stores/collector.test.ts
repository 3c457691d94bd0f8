import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const events = vi.hoisted(() => vi.fn())
vi.mock('../../../src/renderer/client.ts', () => ({ client: { collector: { events } } }))

const { useCollector } = await import('../../../src/renderer/stores/collector.ts')

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
})
afterEach(() => void vi.useRealTimers())

const never = () => new Promise<never>(() => {})

test('every commit is told, and after a broken connection so is what was missed', async () => {
  events
    .mockImplementationOnce(async () =>
      (async function* () {
        yield { type: 'calls', stored: 3 }
        yield { type: 'calls', stored: 0 }
        throw new Error('the connection broke')
      })(),
    )
    .mockImplementationOnce(async () => Promise.reject(new Error('not yet')))
    .mockImplementation(async () =>
      (async function* () {
        yield await never()
      })(),
    )
  const collector = useCollector()

  void collector.follow()
  await vi.advanceTimersByTimeAsync(0)
  expect(collector.revision).toBe(1)
  expect(collector.feedbackRevision).toBe(0)
  expect(collector.isReachable).toBe(false)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(collector.revision).toBe(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(events).toHaveBeenCalledTimes(3)
  expect(collector.revision).toBe(2)
  expect(collector.feedbackRevision).toBe(1)
})
