import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSafeQuit } from '../../../src/main/electron/safe-quit.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function quitting(close: () => Promise<void>) {
  const onLong = vi.fn()
  const exit = vi.fn()
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const quit = createSafeQuit({ close, onLong, exit, limits: { longMs: 1_000, closeMs: 15_000 }, log })
  return { quit, onLong, exit, log }
}

test('it ends when all is written, once, and says nothing if that is soon', async () => {
  const close = vi.fn(async () => undefined)
  const { quit, onLong, exit } = quitting(close)
  quit()
  quit()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(close).toHaveBeenCalledOnce()
  expect(exit.mock.calls).toEqual([[0]])
  expect(onLong).not.toHaveBeenCalled()
})

test('a close that takes long is told of, and still waited for', async () => {
  let finish = () => {}
  const { quit, onLong, exit } = quitting(() => new Promise((resolve) => (finish = resolve)))
  quit()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onLong).toHaveBeenCalledOnce()
  expect(exit).not.toHaveBeenCalled()
  finish()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(exit.mock.calls).toEqual([[0]])
})

test('one that never ends is not waited for longer than the limit', async () => {
  const { quit, exit, log } = quitting(() => new Promise(() => {}))
  quit()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(exit.mock.calls).toEqual([[1]])
  expect(log.error).toHaveBeenCalledOnce()
})

test('one that fails is logged and ends, too', async () => {
  const { quit, exit, log } = quitting(() => Promise.reject(new Error('full')))
  quit()
  await vi.advanceTimersByTimeAsync(0)
  expect(exit.mock.calls).toEqual([[1]])
  expect(log.error).toHaveBeenCalledOnce()
})
