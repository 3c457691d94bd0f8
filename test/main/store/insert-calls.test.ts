import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../src/main/store/database.ts'
import { openForWriting } from '../../../src/main/store/database.ts'
import type { CallInserter } from '../../../src/main/store/insert-calls.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { createWriters } from '../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from './make-call.ts'

async function openInserter(): Promise<OpenDatabase & { inserter: CallInserter }> {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  return { ...database, inserter: createWriters(database).inserter }
}

function storedIds({ sqlite }: OpenDatabase): string[] {
  return sqlite.prepare<[], string>('select request_id from app_log order by id').pluck().all()
}

function rolledUp({ sqlite }: OpenDatabase): unknown {
  return sqlite
    .prepare(
      'select app, sum(requests) as requests from call_rollup join label_set on id = label_set_id where level = 0 group by app order by app',
    )
    .all()
}

// SQLite stores no NaN: it becomes NULL, which a start must not be.
const UNSTORABLE = { startedAt: NaN }

describe('CallInserter', () => {
  test('stores all batches of a group in one transaction', async () => {
    const database = await openInserter()
    const results = database.inserter.insert([[makeCall({ requestId: 'a' })], [makeCall({ requestId: 'b' })]])
    expect(results).toEqual([
      { ok: true, outcome: { duplicateIndexes: [], conflicts: 0 } },
      { ok: true, outcome: { duplicateIndexes: [], conflicts: 0 } },
    ])
    expect(storedIds(database)).toEqual(['a', 'b'])
  })

  test('tells duplicates inside a batch, between the batches of a group and from before', async () => {
    const database = await openInserter()
    database.inserter.insert([[makeCall({ requestId: 'old' })]])
    const results = database.inserter.insert([
      [makeCall({ requestId: 'a' }), makeCall({ requestId: 'a' }), makeCall({ requestId: 'old' })],
      [makeCall({ requestId: 'b' }), makeCall({ requestId: 'a' })],
    ])
    expect(results).toEqual([
      { ok: true, outcome: { duplicateIndexes: [1, 2], conflicts: 0 } },
      { ok: true, outcome: { duplicateIndexes: [1], conflicts: 0 } },
    ])
    expect(storedIds(database)).toEqual(['old', 'a', 'b'])
    expect(rolledUp(database)).toEqual([{ app: 'checkout-bot', requests: 3 }])
  })

  test('keeps the first of two calls with the same id', async () => {
    const database = await openInserter()
    database.inserter.insert([
      [makeCall({ requestId: 'a', app: 'first' }), makeCall({ requestId: 'a', app: 'second' })],
    ])
    expect(database.sqlite.prepare('select app from app_log').all()).toEqual([{ app: 'first' }])
  })

  test('takes no difference of what it counted itself for another content, but one of what was reported', async () => {
    const { inserter } = await openInserter()
    const reported = { usageSource: 'reported', inputTokens: 9, outputTokens: 2, totalTokens: 11 } as const
    const estimated = { ...reported, usageSource: 'estimated', inputTokens: 8, totalTokens: 10 } as const
    const isConflict = (first: Partial<NewCall>, again: Partial<NewCall>) => {
      const requestId = makeCall().requestId
      const [result] = inserter.insert([
        [makeCall({ requestId, ...first }), makeCall({ requestId, ...again })],
      ])
      return result?.ok === true && result.outcome.conflicts === 1
    }
    expect(isConflict(estimated, estimated)).toBe(false)
    expect(isConflict(estimated, {})).toBe(false)
    expect(isConflict({}, estimated)).toBe(false)
    expect(isConflict(reported, { ...reported, inputTokens: 10 })).toBe(true)
    expect(isConflict(estimated, reported)).toBe(true)
  })

  test('stores the other batches of a group when one cannot be stored, and nothing of that one', async () => {
    const database = await openInserter()
    const results = database.inserter.insert([
      [makeCall({ requestId: 'a', app: 'one' })],
      [makeCall({ requestId: 'b', app: 'two' }), makeCall({ requestId: 'c', app: 'two', ...UNSTORABLE })],
      [makeCall({ requestId: 'd', app: 'three' })],
    ])
    expect(results.map((result) => result.ok)).toEqual([true, false, true])
    expect(storedIds(database)).toEqual(['a', 'd'])
    expect(rolledUp(database)).toEqual([
      { app: 'one', requests: 1 },
      { app: 'three', requests: 1 },
    ])
  })

  test('stores the good part of a failed batch when it comes again', async () => {
    const database = await openInserter()
    const good = makeCall({ requestId: 'good', app: 'retried' })
    expect(database.inserter.insert([[good, makeCall(UNSTORABLE)]])).toMatchObject([{ ok: false }])
    expect(database.inserter.insert([[good]])).toEqual([
      { ok: true, outcome: { duplicateIndexes: [], conflicts: 0 } },
    ])
    expect(rolledUp(database)).toEqual([{ app: 'retried', requests: 1 }])
  })

  test.each([
    { name: 'a fraction of a token', overrides: { inputTokens: 0.5 } },
    { name: 'a fraction of a microsecond', overrides: { durationUs: 0.5 } },
    { name: 'an infinite cost', overrides: { costNanos: Infinity } },
  ])('refuses $name: columns are strict', async ({ overrides }) => {
    const database = await openInserter()
    expect(database.inserter.insert([[makeCall(overrides)]])).toMatchObject([{ ok: false }])
    expect(storedIds(database)).toEqual([])
  })

  test('counts only the rows of calls that have a body as bodies', async () => {
    const database = await openInserter()
    database.inserter.insert([[makeCall(), makeCall({ prompt: { format: 'text', text: 'hello' } })]])
    expect(database.sqlite.prepare('select prompt from app_log_body').all()).toEqual([{ prompt: 'hello' }])
  })
})
