import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { coalesce } from '../../../src/renderer/composables/coalesce.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('coalesce', () => {
  test('many requests while the task runs lead to one more run', async () => {
    let runs = 0
    let finish = () => {}
    const { request } = coalesce(() => {
      runs += 1
      return new Promise((resolve) => (finish = resolve))
    }, 500)

    request()
    for (let count = 0; count < 100; count += 1) request()
    expect(runs).toBe(1)
    finish()
    await vi.advanceTimersByTimeAsync(500)
    expect(runs).toBe(2)
    finish()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(runs).toBe(2)
  })

  test('runs do not start sooner after each other than the interval', async () => {
    const starts: number[] = []
    const { request } = coalesce(async () => void starts.push(Date.now()), 500)

    for (let elapsedMs = 0; elapsedMs < 2_000; elapsedMs += 50) {
      request()
      await vi.advanceTimersByTimeAsync(50)
    }

    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0))
    expect(gaps.length).toBeGreaterThan(2)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500)
  })

  test('what somebody waits for runs sooner, and what comes after it as late as ever', async () => {
    const starts: number[] = []
    const startedAt = Date.now()
    const { request } = coalesce(async () => void starts.push(Date.now() - startedAt), 500)

    request()
    request()
    await vi.advanceTimersByTimeAsync(50)
    request(100)
    request()
    await vi.advanceTimersByTimeAsync(200)
    request()
    await vi.advanceTimersByTimeAsync(5_000)

    expect(starts).toEqual([0, 100, 600])
  })

  test('nothing runs after the stop', async () => {
    let runs = 0
    const { request, stop } = coalesce(async () => void (runs += 1), 500)
    request()
    await vi.advanceTimersByTimeAsync(0)
    request()
    stop()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(runs).toBe(1)
  })
})
