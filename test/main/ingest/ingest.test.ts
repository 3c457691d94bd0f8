import { describe, expect, test } from 'vitest'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import { createIngest } from '../../../src/main/ingest/index.ts'
import type { InsertOutcome } from '../../../src/main/store/insert-calls.ts'
import { makeCall } from '../store/make-call.ts'

/** A store whose answers come when the test wants them. */
function storeThatWaits() {
  const waiting: { resolve: (outcome: InsertOutcome) => void; reject: (error: Error) => void }[] = []
  return {
    insertSpanEvents: async () => undefined,
    insertCalls: () => new Promise<InsertOutcome>((resolve, reject) => waiting.push({ resolve, reject })),
    answer: (duplicateIndexes: number[] = []) => waiting.shift()?.resolve({ duplicateIndexes, conflicts: 0 }),
    fail: (error: Error) => waiting.shift()?.reject(error),
  }
}

describe('ingest', () => {
  test('refuses what would wait beyond its limit of bytes, and takes more when the store has caught up', async () => {
    const store = storeThatWaits()
    const ingest = createIngest(store)
    const first = ingest.submit([makeCall(), makeCall()], LIMITS.queueBytes)
    expect(ingest.queue()).toEqual({ records: 2, bytes: LIMITS.queueBytes, limitBytes: LIMITS.queueBytes })
    await expect(ingest.submit([makeCall()], 1)).rejects.toMatchObject({ code: 'queue-full' })
    expect(ingest.queue().records).toBe(2)
    store.answer()
    await first
    const second = ingest.submit([makeCall()], 1)
    store.answer()
    await expect(second).resolves.toEqual({ duplicateIndexes: [], conflicts: 0 })
    expect(ingest.queue()).toMatchObject({ records: 0, bytes: 0 })
  })

  test('counts what was stored, and nothing of a batch that failed', async () => {
    const store = storeThatWaits()
    const ingest = createIngest(store)
    const stored = ingest.submit([makeCall(), makeCall(), makeCall()], 10)
    store.answer([1])
    await stored
    const failed = ingest.submit([makeCall()], 10)
    store.fail(new ConsoleError('store-full', 'full'))
    await expect(failed).rejects.toMatchObject({ code: 'store-full' })
    ingest.count({ rejected: 4 })
    ingest.count({ unknownFields: 5 })
    expect(ingest.counters()).toEqual({
      accepted: 2,
      duplicates: 1,
      conflicts: 0,
      rejected: 4,
      unknownFields: 5,
      truncated: 0,
      refused: {},
      dropped: {},
    })
    expect(ingest.queue()).toMatchObject({ records: 0, bytes: 0 })
  })

  test('counts refusals by their reason', () => {
    const ingest = createIngest(storeThatWaits())
    for (const reason of ['host', 'json', 'host', '__proto__']) ingest.countRefused(reason)
    expect(Object.entries(ingest.counters().refused)).toEqual([
      ['host', 2],
      ['json', 1],
      ['__proto__', 1],
    ])
  })

  test('tells of new calls only: a batch of duplicates adds nothing', async () => {
    const store = storeThatWaits()
    const ingest = createIngest(store)
    const stop = new AbortController()
    const events = ingest.events(stop.signal)
    const next = events.next()
    for (const duplicateIndexes of [[0, 1], [], [1]]) {
      const stored = ingest.submit([makeCall(), makeCall()], 1)
      store.answer(duplicateIndexes)
      await stored
    }
    expect(await next).toEqual({ value: { type: 'calls', stored: 3 }, done: false })
    stop.abort()
  })
})
