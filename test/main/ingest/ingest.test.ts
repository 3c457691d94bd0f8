import { describe, expect, test } from 'vitest'
import { ConsoleError } from '#shared/errors.ts'
import { createIngest, Tally } from '../../../src/main/ingest/index.ts'
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
  test('says how many records wait for the store', async () => {
    const store = storeThatWaits()
    const ingest = createIngest(store)
    const first = ingest.submit([makeCall(), makeCall()])
    const second = ingest.submit([makeCall()])
    expect(ingest.waitingRecords()).toBe(3)
    store.answer()
    await first
    expect(ingest.waitingRecords()).toBe(1)
    store.answer()
    await expect(second).resolves.toEqual({ duplicateIndexes: [], conflicts: 0 })
    expect(ingest.waitingRecords()).toBe(0)
  })

  test('counts what was stored, and nothing of a batch that failed', async () => {
    const store = storeThatWaits()
    const ingest = createIngest(store)
    const stored = ingest.submit([makeCall(), makeCall(), makeCall()])
    store.answer([1])
    await stored
    const failed = ingest.submit([makeCall()])
    store.fail(new ConsoleError('store-full', 'full'))
    await expect(failed).rejects.toMatchObject({ code: 'store-full' })
    const rejections = new Tally()
    rejections.add('app must be text', 3)
    rejections.add('must be an object')
    ingest.countRejected(rejections)
    ingest.countUnknownFields(5)
    expect(ingest.counters()).toEqual({
      accepted: 2,
      duplicates: 1,
      conflicts: 0,
      rejected: 4,
      rejectedByReason: { 'app must be text': 3, 'must be an object': 1 },
      unknownFields: 5,
      truncated: 0,
      notEstimated: 0,
      refused: {},
      dropped: {},
    })
    expect(ingest.waitingRecords()).toBe(0)
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
      const stored = ingest.submit([makeCall(), makeCall()])
      store.answer(duplicateIndexes)
      await stored
    }
    expect(await next).toEqual({ value: { type: 'calls', stored: 3 }, done: false })
    stop.abort()
  })
})
