import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { summarise } from '../../../src/main/monitoring/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from './make-call.ts'

const START = Date.UTC(2026, 10, 24)
const RANGE = { from: START, to: START + 1_000 }

async function openStoreForTest() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  const idOf = async (requestId: string) => (await store.ask('getCall', { requestId }))?.id ?? -1
  return { dataDir, store, idOf }
}

test('nothing of a deleted call is left: no body, no event of its span, no name, no count', async () => {
  const { dataDir, store, idOf } = await openStoreForTest()
  const secret = { format: 'text' as const, text: 'my secret' }
  const span = { traceId: 'a1', spanId: 'b1' }
  await store.insertCalls([
    makeCall({
      requestId: 'a1-b1',
      ...span,
      userId: 'secret-user',
      sessionId: 'secret-session',
      startedAt: START,
      prompt: secret,
    }),
    makeCall({ requestId: 'other', startedAt: START, prompt: { format: 'text', text: 'stays' } }),
  ])
  await store.insertSpanEvents([
    { trace_id: 'a1', span_id: 'b1', digest: 'd', time_ns: '1', name: 'e', attributes: '{"x":"my secret"}' },
  ])

  while ((await store.followCalls()) > 0);

  expect(await store.forgetCalls({ ids: [await idOf('a1-b1'), 12_345], digests: [], forgottenAt: 0 })).toBe(1)

  expect(await idOf('a1-b1')).toBe(-1)
  expect(await summarise(store, RANGE)).toMatchObject({ requests: 1, activeUsers: 0, sessions: 0 })
  const sqlite = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  onTestFinished(() => void sqlite.close())
  expect(sqlite.prepare('select prompt from app_log_body').all()).toEqual([{ prompt: 'stays' }])
  for (const table of [
    'span_event',
    'user',
    'session',
    'user_call',
    'user_rollup_day',
    'presence',
    'top_call',
  ]) {
    expect([table, sqlite.prepare(`select count(*) from ${table}`).pluck().get()]).toEqual([table, 0])
  }
})

test('a call that is sent again after it was deleted is a new one', async () => {
  const { store, idOf } = await openStoreForTest()
  const call = makeCall({ requestId: 'again', userId: 'u-1', startedAt: START })
  await store.insertCalls([call])
  while ((await store.followCalls()) > 0);
  await store.forgetCalls({ ids: [await idOf('again')], digests: [], forgottenAt: 0 })
  expect(await store.insertCalls([call])).toEqual({ duplicateIndexes: [], conflicts: 0 })
  expect(await summarise(store, { ...RANGE, userId: 'u-1' })).toMatchObject({ requests: 1, activeUsers: 1 })
})

test('a step stays one when the call below it that told its usage is deleted', async () => {
  const { store, idOf } = await openStoreForTest()
  const usage = { usageSource: 'reported' as const, totalTokens: 7, traceId: 'a1', startedAt: START }
  await store.insertCalls([
    makeCall({ ...usage, requestId: 'a1-b1', spanId: 'b1' }),
    makeCall({ ...usage, requestId: 'a1-b2', spanId: 'b2', parentSpanId: 'b1' }),
  ])
  expect(await store.forgetCalls({ ids: [await idOf('a1-b2')], digests: [], forgottenAt: 0 })).toBe(1)
  expect(await summarise(store, RANGE)).toMatchObject({ requests: 0, totalTokens: 0 })
  expect(await store.ask('getCall', { requestId: 'a1-b1' })).toMatchObject({ isStep: true })
})
