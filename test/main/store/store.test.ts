import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { startHeadless } from '../start-headless.ts'
import { makeCall } from './make-call.ts'
import { textContaining } from '../some-text.ts'

/** Opens a store that closes with the test, if the test has not closed it. */
async function openForTest(dataDir = temporaryFolder()): Promise<Store & { dataDir: string }> {
  const store = await openStore({ dataDir })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= store.close())
  onTestFinished(close)
  return { ...store, close, dataDir }
}

const DATABASE_FILE = 'llmops.sqlite'
const PAGE_BYTES = 4096

describe('what is stored', () => {
  test('is read back whole, bodies of text and of JSON included', async () => {
    const store = await openForTest()
    const call = makeCall({
      requestId: 'whole',
      appType: 'CHAT',
      environment: 'production',
      userId: 'u1',
      sessionId: 's1',
      provider: 'openai',
      requestModel: 'gpt-4o',
      model: 'gpt-4o-2024-08-06',
      operation: 'chat',
      status: 'error',
      errorType: 'timeout',
      errorMessage: 'took too long',
      durationUs: 1_234_567,
      ttftUs: 1,
      inputTokens: 1,
      outputTokens: 2,
      cachedInputTokens: 3,
      cacheWriteTokens: 4,
      reasoningTokens: 5,
      totalTokens: 6,
      usageSource: 'reported',
      costNanos: 7,
      costSource: 'reported',
      costConfigId: null,
      reportedCost: { amount: 0.000_000_007, currency: 'USD' },
      traceId: 'ab',
      spanId: 'cd',
      parentSpanId: 'ef',
      tags: ['a', '标签'],
      attributes: '{"k":{"deep":[1,null]}}',
      prompt: { format: 'text', text: '{"not":"parsed"} 你好 \u0000 😀' },
      response: { format: 'json', text: '{"role":"assistant","content":["hi"]}' },
    })
    await store.insertCalls([call])
    expect(await store.ask('getCall', { requestId: 'whole' })).toEqual({
      id: 1,
      requestId: 'whole',
      source: 'native',
      app: 'checkout-bot',
      appType: 'CHAT',
      environment: 'production',
      userId: 'u1',
      sessionId: 's1',
      provider: 'openai',
      requestModel: 'gpt-4o',
      model: 'gpt-4o-2024-08-06',
      operation: 'chat',
      status: 'error',
      errorType: 'timeout',
      errorMessage: 'took too long',
      startedAt: call.startedAt,
      arrivedAt: call.arrivedAt,
      durationMs: 1234.567,
      ttftMs: 0.001,
      inputTokens: 1,
      outputTokens: 2,
      cachedInputTokens: 3,
      cacheWriteTokens: 4,
      reasoningTokens: 5,
      totalTokens: 6,
      usageSource: 'reported',
      costNanos: 7,
      costSource: 'reported',
      costConfigId: null,
      reportedCost: { amount: 0.000_000_007, currency: 'USD' },
      traceId: 'ab',
      spanId: 'cd',
      parentSpanId: 'ef',
      tags: ['a', '标签'],
      attributes: { k: { deep: [1, null] } },
      prompt: '{"not":"parsed"} 你好 \u0000 😀',
      response: { role: 'assistant', content: ['hi'] },
      name: null,
      isStep: false,
      reportedStartedAt: null,
      flags: [],
      promptLength: null,
      responseLength: null,
    })
  })

  test('is read back with nulls and empty collections where the caller said nothing', async () => {
    const store = await openForTest()
    await store.insertCalls([makeCall({ requestId: 'bare' })])
    expect(await store.ask('getCall', { requestId: 'bare' })).toMatchObject({
      prompt: null,
      response: null,
      errorMessage: null,
      reportedCost: null,
      durationMs: null,
      tags: [],
      attributes: {},
    })
    expect(await store.ask('getCall', { requestId: 'unknown' })).toBeUndefined()
  })

  test('stays after the store was closed and opened again', async () => {
    const first = await openForTest()
    await first.insertCalls([makeCall({ requestId: 'kept' })])
    await first.writeSetting('theme', 'dark')
    await first.close()
    const second = await openForTest(first.dataDir)
    expect(await second.ask('getCall', { requestId: 'kept' })).toMatchObject({ requestId: 'kept' })
    expect(await second.ask('readSettings', null)).toEqual(new Map([['theme', 'dark']]))
  })

  test('is seen by every reader as soon as the insert has answered', async () => {
    const store = await openForTest()
    for (let round = 0; round < 20; round += 1) {
      await store.insertCalls([makeCall({ requestId: `round-${round}` })])
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => store.ask('getCall', { requestId: `round-${round}` })),
      )
      expect(answers.map((call) => call?.requestId)).toEqual(Array(8).fill(`round-${round}`))
    }
  })
})

describe('many batches at once', () => {
  test('share transactions, and each learns its own duplicates', async () => {
    const store = await openForTest()
    const batches = Array.from({ length: 200 }, (_, index) => [
      makeCall({ requestId: `own-${index}` }),
      makeCall({ requestId: 'the-same-in-all' }),
    ])
    const outcomes = await Promise.all(batches.map((batch) => store.insertCalls(batch)))
    expect(outcomes.filter(({ duplicateIndexes }) => duplicateIndexes.length === 0)).toHaveLength(1)
    expect(outcomes.filter(({ duplicateIndexes }) => duplicateIndexes.join() === '1')).toHaveLength(199)
    expect((await store.ask('storeSize', null)).calls).toBe(201)
    expect(store.commitStatistics().commits).toBeLessThan(200)
  })

  test('are stored although one of them cannot be', async () => {
    const store = await openForTest()
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        store.insertCalls([
          makeCall({ requestId: `batch-${index}` }),
          // SQLite stores no NaN: it becomes NULL, which a start must not be.
          ...(index === 50 ? [makeCall({ startedAt: NaN })] : []),
        ]),
      ),
    )
    expect(settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([50])
    expect(settled[50]).toMatchObject({ reason: { code: 'store-failed' } })
    expect((await store.ask('storeSize', null)).calls).toBe(99)
    expect(await store.ask('getCall', { requestId: 'batch-50' })).toBeUndefined()
  })
})

describe('a data folder', () => {
  test('is made, with files that only their owner may read', async () => {
    const dataDir = join(temporaryFolder(), 'a', 'b')
    const store = await openForTest(dataDir)
    await store.insertCalls([makeCall()])
    const modes = readdirSync(dataDir).map((name) => [name, statSync(join(dataDir, name)).mode & 0o777])
    expect(Object.fromEntries(modes)).toEqual({
      'console.lock': 0o600,
      'llmops.sqlite': 0o600,
      'llmops.sqlite-shm': 0o600,
      'llmops.sqlite-wal': 0o600,
    })
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })

  test('is held by one store at a time', async () => {
    const first = await openForTest()
    await expect(openStore({ dataDir: first.dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' })
    await first.insertCalls([makeCall({ requestId: 'still works' })])
    await first.close()
    const second = await openForTest(first.dataDir)
    expect(await second.ask('getCall', { requestId: 'still works' })).toBeDefined()
  })

  test('is not lost to another process by a second attempt in this one', async () => {
    const first = await openForTest()
    await expect(openStore({ dataDir: first.dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' })
    const other = startHeadless({ args: ['--port', '0', '--data-dir', first.dataDir] })
    expect(await other.ended).toEqual({ code: 1, signal: null })
    expect(other.stderr()).toContain(first.dataDir)
  })

  test('held by another process is refused, and opens again after that process was killed', async () => {
    const dataDir = temporaryFolder()
    const holder = startHeadless({ args: ['--port', '0', '--data-dir', dataDir] })
    await holder.ready
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' })
    holder.child.kill('SIGKILL')
    await holder.ended
    const store = await openForTest(dataDir)
    await expect(store.insertCalls([makeCall()])).resolves.toEqual({ duplicateIndexes: [], conflicts: 0 })
  })

  test.each([
    { name: 'is a file', prepare: (folder: string) => writeFileSync(join(folder, 'data'), '') },
    {
      name: 'holds a lock file that is none',
      prepare: (folder: string) => {
        mkdirSync(join(folder, 'data'))
        writeFileSync(join(folder, 'data', 'console.lock'), 'not a database'.repeat(100))
      },
    },
    {
      // As where it belongs to another user, or the disk is read only; but for root, too.
      name: 'holds a lock file that cannot be opened',
      prepare: (folder: string) => mkdirSync(join(folder, 'data', 'console.lock'), { recursive: true }),
    },
  ])('that $name cannot be used', async ({ prepare }) => {
    const folder = temporaryFolder()
    prepare(folder)
    await expect(openStore({ dataDir: join(folder, 'data') })).rejects.toMatchObject({
      code: 'data-dir-unusable',
    })
  })
})

describe('a database', () => {
  test('of a newer console is refused and left as it is', async () => {
    const store = await openForTest()
    await store.insertCalls([makeCall()])
    await store.close()
    const file = join(store.dataDir, DATABASE_FILE)
    const db = new SqliteDatabase(file)
    db.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')")
    db.close()
    await expect(openStore({ dataDir: store.dataDir })).rejects.toMatchObject({ code: 'store-newer' })
    const after = new SqliteDatabase(file, { readonly: true })
    expect(after.prepare('select count(*) as n from app_log').get()).toEqual({ n: 1 })
    after.close()
    // The folder was let go of.
    await expect(openStore({ dataDir: store.dataDir })).rejects.toMatchObject({ code: 'store-newer' })
  })

  test('that is no database is refused, with the file in the message', async () => {
    const dataDir = temporaryFolder()
    const file = join(dataDir, DATABASE_FILE)
    writeFileSync(file, 'garbage'.repeat(1000))
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      code: 'store-corrupt',
      message: textContaining(file),
    })
  })

  test('with a damaged page is refused', async () => {
    const store = await openForTest()
    await store.insertCalls([makeCall()])
    await store.close()
    const file = join(store.dataDir, DATABASE_FILE)
    const db = openSync(file, 'r+')
    writeSync(db, Buffer.alloc(PAGE_BYTES, 0xab), 0, PAGE_BYTES, PAGE_BYTES)
    closeSync(db)
    await expect(openStore({ dataDir: store.dataDir })).rejects.toMatchObject({ code: 'store-corrupt' })
  })
})

describe('a closed store', () => {
  test('refuses every call', async () => {
    const store = await openForTest()
    await store.close()
    await expect(store.insertCalls([makeCall()])).rejects.toMatchObject({ code: 'store-closed' })
    await expect(store.writeSetting('theme', 'dark')).rejects.toMatchObject({ code: 'store-closed' })
    await expect(store.ask('storeSize', null)).rejects.toMatchObject({ code: 'store-closed' })
  })

  test('has first finished what it was asked', async () => {
    const store = await openForTest()
    const inserts = Array.from({ length: 50 }, () => store.insertCalls([makeCall()]))
    const questions = Array.from({ length: 50 }, () =>
      store.ask('scanStatistics', { from: 0, to: 2e12, labels: {}, edges: null, groupBy: null }),
    )
    await store.close()
    await expect(Promise.all([...inserts, ...questions])).resolves.toHaveLength(100)
    const again = await openForTest(store.dataDir)
    expect((await again.ask('storeSize', null)).calls).toBe(50)
  })
})
