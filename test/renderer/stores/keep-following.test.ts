import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepFollowing } from '../../../src/renderer/stores/keep-following.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('what is pushed is taken, and asked for again after it ended, broke off or could not be asked for', async () => {
  const open = vi
    .fn<() => Promise<AsyncIterable<number>>>()
    .mockImplementationOnce(async () => pushes([1, 2]))
    .mockRejectedValueOnce(new Error('the console is closing'))
    .mockImplementationOnce(async () => pushes([3], new Error('the console is busy')))
    .mockImplementation(async () => pushes([4], undefined, true))
  const [take, onLost] = [vi.fn(), vi.fn()]
  void keepFollowing(open, take, onLost)
  await vi.advanceTimersByTimeAsync(0)
  expect([open.mock.calls.length, take.mock.calls, onLost.mock.calls.length]).toEqual([1, [[1], [2]], 0])
  await vi.advanceTimersByTimeAsync(2_000)
  expect([open.mock.calls.length, onLost.mock.calls.length]).toEqual([2, 1])
  await vi.advanceTimersByTimeAsync(2_000)
  expect([take.mock.calls.length, onLost.mock.calls.length]).toEqual([3, 2])
  // As long as it goes on nothing else is asked for.
  await vi.advanceTimersByTimeAsync(60_000)
  expect([open.mock.calls.length, take.mock.calls.at(-1)]).toEqual([4, [4]])
})

async function* pushes(values: number[], error?: Error, goesOn = false): AsyncGenerator<number> {
  yield* values
  if (error) throw error
  if (goesOn) await new Promise(() => undefined)
}
