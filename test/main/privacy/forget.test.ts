import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { rebuildRollups } from '../../../src/main/monitoring/index.ts'
import { openForgetting, openForgottenList } from '../../../src/main/privacy/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'
import { makeFeedback } from '../store/make-feedback.ts'

const USER = 'u-Ŵilhelmina-7781'
const SECRETS = ['Zeppelinfahrt-Passau', '秘密的紫色河马', 'quokkablossom', 'sess-Ŵ-991', USER]
const START = Date.UTC(2026, 10, 1)
const HOUR = 3_600_000

async function open() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  let now = START + 100 * HOUR
  const openAgain = async () =>
    openForgetting({
      store,
      hash: (text) => createHmac('sha256', 'key').update(text).digest('hex'),
      list: await openForgottenList(join(dataDir, 'forgotten.jsonl')),
      forgetElsewhere: async () => undefined,
      forgetArchived: async () => undefined,
      onCatchUp: () => undefined,
      onCaughtUp: () => undefined,
      now: () => now,
      callsPerLook: 300,
    })
  return { dataDir, store, forgetting: await openAgain(), openAgain, wait: (ms: number) => (now += ms) }
}
type Opened = Awaited<ReturnType<typeof open>>

/** Which of some texts any file of the data folder holds. Backups lie elsewhere, and keep what they have. */
function inFiles(dataDir: string, texts: readonly string[]): string[] {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const contents = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
  return texts.filter((text) => contents.some((content) => content.includes(text)))
}

/** Calls of many users, in an order that has pages of names split, with every place that texts and names get to. */
async function fill({ store }: Opened): Promise<void> {
  const callOf = (index: number, userId: string, texts: { text: string; session: string }) =>
    makeCall({
      requestId: `r-${userId}-${index}`,
      app: `app-${index % 3}`,
      userId,
      sessionId: texts.session,
      startedAt: START + ((index * 37) % 96) * HOUR,
      durationUs: 1_000 + index,
      costNanos: index,
      costSource: 'computed',
      prompt: { format: 'text', text: `${texts.text} `.repeat(index % 7 === 0 ? 2_000 : 3) },
      response: { format: 'json', text: JSON.stringify([texts.text]) },
      errorMessage: index % 5 === 0 ? texts.text : null,
      status: index % 5 === 0 ? 'error' : 'ok',
      attributes: JSON.stringify({ note: texts.text }),
      tags: [texts.text],
    })
  const plain = (index: number) => ({ text: `nothing of note ${index}`, session: `s-${index % 50}` })
  for (let batch = 0; batch < 5; batch += 1) {
    const calls = Array.from({ length: 100 }, (_, place) => {
      const index = batch * 100 + place
      // Names in no order.
      return callOf(
        index,
        `u-${((index * 7_919) % 1_009).toString(36)}-${'x'.repeat(index % 40)}`,
        plain(index),
      )
    })
    const own = Array.from({ length: 6 }, (_, place) =>
      callOf(batch * 6 + place, USER, { text: SECRETS.slice(0, 3).join(' '), session: 'sess-Ŵ-991' }),
    )
    await store.insertCalls([...calls.slice(0, 50), ...own, ...calls.slice(50)])
    while ((await store.followCalls()) > 0);
    await store.insertFeedback([
      ...own.map(({ requestId }) => makeFeedback({ requestId, userId: USER, comment: 'quokkablossom' })),
      ...calls
        .slice(0, 20)
        .map(({ requestId, userId }) => makeFeedback({ requestId, userId, comment: 'fine' })),
      makeFeedback({ requestId: `not-come-${batch}`, userId: USER, comment: 'quokkablossom' }),
    ])
  }
  // A trace of the user's: a step that names nobody, and events with its texts.
  const trace = { traceId: 'f'.repeat(32), source: 'otlp' as const, startedAt: START }
  await store.insertCalls([
    makeCall({ ...trace, requestId: 'step', spanId: 'a'.repeat(16), isStep: true, name: 'quokkablossom' }),
    makeCall({
      ...trace,
      requestId: 'call',
      spanId: 'b'.repeat(16),
      parentSpanId: 'a'.repeat(16),
      userId: USER,
    }),
  ])
  await store.insertSpanEvents([
    {
      trace_id: trace.traceId,
      span_id: 'b'.repeat(16),
      digest: 'd',
      time_ns: '1',
      name: 'gen_ai.user.message',
      attributes: JSON.stringify({ content: '秘密的紫色河马' }),
    },
  ])
}

/** Everything that statistics are read from. */
function rollups(dataDir: string): Record<string, unknown[]> {
  const sqlite = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  try {
    const tables = [
      'call_rollup',
      'user_rollup_day',
      'presence',
      'feedback_rollup',
      'label_call',
      'user_call',
    ]
    const all = (table: string) =>
      sqlite
        .prepare(`select * from ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort()
    const names = ['user', 'session'].map((table): [string, unknown[]] => [
      table,
      sqlite.prepare(`select name, calls from ${table} order by name`).all(),
    ])
    return Object.fromEntries([...tables.map((table): [string, unknown[]] => [table, all(table)]), ...names])
  } finally {
    sqlite.close()
  }
}

async function forget(opened: Opened, userId = USER) {
  const steps = []
  for await (const step of opened.forgetting.user(userId)) steps.push(step)
  return steps
}

test('of a forgotten user no byte is left in any file, and what is counted is right', async () => {
  const opened = await open()
  await fill(opened)
  expect(inFiles(opened.dataDir, SECRETS)).toEqual(SECRETS)
  expect(await opened.forgetting.find(USER)).toEqual({ calls: 31, feedback: 35 })
  const { items } = await opened.store.ask('listFeedback', { userId: 'u-0-', limit: 1 })
  await opened.store.rememberReviewer(USER, START)
  await opened.store.triageFeedback({ ids: items.map(({ id }) => id), assignee: USER, changedAt: START })

  const steps = await forget(opened)
  expect(steps[0]).toEqual({ done: 0, total: 31, feedback: 0, isFinished: false })
  expect(steps.at(-1)).toEqual({ done: 31, total: 31, feedback: 35, isFinished: true })

  expect(inFiles(opened.dataDir, SECRETS)).toEqual([])
  expect(await opened.forgetting.find(USER)).toEqual({ calls: 0, feedback: 0 })
  expect(await opened.store.ask('getCall', { requestId: 'step' })).toBeUndefined()
  expect((await opened.store.ask('storeSize', null)).calls).toBe(500)

  while ((await opened.store.followCalls()) > 0);
  const kept = rollups(opened.dataDir)
  for await (const _day of rebuildRollups(opened.store));
  while ((await opened.store.followCalls()) > 0);
  const {
    user_call: _calls,
    user_rollup_day: _days,
    presence: _presence,
    ...withoutKeys
  } = rollups(opened.dataDir)
  // The numbers of users are given anew; all else is the same.
  expect(withoutKeys).toEqual(
    Object.fromEntries(Object.keys(withoutKeys).map((table) => [table, kept[table]])),
  )
})

test('what others have a part in stays, and so does a call that is sent again later', async () => {
  const opened = await open()
  const trace = { traceId: 'e'.repeat(32), startedAt: START }
  const own = makeCall({ ...trace, requestId: 'own', spanId: '1'.repeat(16), userId: USER })
  await opened.store.insertCalls([
    own,
    makeCall({ ...trace, requestId: 'other', spanId: '2'.repeat(16), userId: 'someone' }),
    makeCall({ ...trace, requestId: 'step', spanId: '3'.repeat(16), isStep: true }),
  ])
  await forget(opened)
  const is = async (requestId: string) => (await opened.store.ask('getCall', { requestId })) !== undefined
  expect([await is('own'), await is('other'), await is('step')]).toEqual([false, true, true])
  expect(await opened.store.insertCalls([own])).toMatchObject({ duplicateIndexes: [] })
  expect(await is('own')).toBe(true)
})

test('forgetting may be ended, and goes on the next time', async () => {
  const opened = await open()
  await opened.store.insertCalls(
    Array.from({ length: 700 }, (_, index) =>
      makeCall({ requestId: `r-${index}`, userId: USER, startedAt: START }),
    ),
  )
  const abort = new AbortController()
  const dones = []
  for await (const { done } of opened.forgetting.user(USER, abort.signal)) {
    dones.push(done)
    // As a page cancels: it takes no further step.
    if (done > 0) {
      abort.abort()
      break
    }
  }
  expect(dones).toEqual([0, 200])
  // Whoever ended it means the rest to stay; only what was cut off goes on by itself.
  await (await opened.openAgain()).catchUp()
  expect(await opened.forgetting.find(USER)).toMatchObject({ calls: 500 })
  expect((await forget(opened)).at(-1)).toMatchObject({ done: 500, isFinished: true })
})

test('one call is forgotten with its texts; feedback on it stays', async () => {
  const opened = await open()
  const text = 'quokkablossom '.repeat(2_000)
  await opened.store.insertCalls([
    makeCall({ requestId: 'r', startedAt: START, prompt: { format: 'text', text } }),
    makeCall({ requestId: 'other', startedAt: START }),
  ])
  await opened.store.insertFeedback([makeFeedback({ requestId: 'r', comment: 'a comment' })])
  expect(inFiles(opened.dataDir, ['quokkablossom'])).toHaveLength(1)
  const call = await opened.store.ask('getCall', { requestId: 'r' })
  expect(await opened.forgetting.call({ id: call?.id ?? 0, requestId: 'r' })).toBe(true)
  expect(inFiles(opened.dataDir, ['quokkablossom'])).toEqual([])
  expect((await opened.store.ask('listFeedback', { requestId: 'r', limit: 10 })).items).toHaveLength(1)
  expect(await opened.forgetting.call({ id: call?.id ?? 0, requestId: 'r' })).toBe(false)
})

test('what comes back from an archive is known to be forgotten, after a restart, too', async () => {
  const opened = await open()
  await forget(opened)
  const again = await opened.openAgain()
  for (const forgetting of [opened.forgetting, again]) {
    const isForgotten = (call: Parameters<typeof forgetting.isForgotten>[0]) => forgetting.isForgotten(call)
    const old = { requestId: 'r', startedAt: START }
    expect(isForgotten({ ...old, userId: USER })).toBe(true)
    expect(isForgotten({ ...old, userId: 'someone' })).toBe(false)
    // What the user did later is another matter.
    expect(isForgotten({ ...old, userId: USER, startedAt: START + 101 * HOUR })).toBe(false)
  }
  // No name is kept to know it by.
  expect(inFiles(opened.dataDir, [USER])).toEqual([])
})
