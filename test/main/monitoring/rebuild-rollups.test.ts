import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { breakDown, rebuildRollups, summarise } from '../../../src/main/monitoring/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { randomCalls } from '../store/make-call.ts'

const DAY = 24 * 3_600_000
const START = Date.UTC(2026, 10, 1)
const RANGE = { from: START, to: START + 10 * DAY }
const CALLS = randomCalls({ count: 500, seed: 1, from: START, spanMs: 3 * DAY })

/** A store whose rollups do not fit its calls. */
async function openSpoilt() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.insertCalls(CALLS)
  const right = await summarise(store, RANGE)
  await store.close()
  const sqlite = new SqliteDatabase(join(dataDir, 'llmops.sqlite'))
  sqlite.exec('update call_rollup set requests = requests + 1000000 where level = 5')
  sqlite.exec(`delete from call_rollup where bucket_start < ${START + DAY} and level <> 5`)
  sqlite.close()
  return { dataDir, right }
}

test('rollups are made anew a day at a time, and calls that come in meanwhile are counted', async () => {
  const { dataDir, right } = await openSpoilt()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  const later = randomCalls({ count: 300, seed: 2, from: START, spanMs: 3 * DAY })
  const inserted: Promise<unknown>[] = []
  const progress: unknown[] = []
  for await (const step of rebuildRollups(store)) {
    progress.push(step)
    inserted.push(store.insertCalls(later.slice(inserted.length * 75, (inserted.length + 1) * 75)))
  }
  await Promise.all(inserted)
  expect(progress).toEqual([0, 1, 2, 3].map((done) => ({ done, total: 3 })))
  expect((await summarise(store, RANGE)).requests).toBe(right.requests + later.length)
  expect((await store.ask('storeSize', null)).calls).toBe(CALLS.length + later.length)
})

test('an end in the middle leaves every day right or as it was', async () => {
  const { dataDir } = await openSpoilt()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  const abort = new AbortController()
  for await (const { done } of rebuildRollups(store, abort.signal)) if (done === 1) abort.abort()
  const total = (await store.ask('storeSize', null)).calls
  expect(total).toBe(CALLS.length + 2_000_000)
})

test(
  'the command does it where no console is running, and says so where one is',
  { timeout: 60_000 },
  async () => {
    const { dataDir, right } = await openSpoilt()
    const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'rebuild-rollups.ts')
    const run = () => promisify(execFile)(process.execPath, [script, '--data-dir', dataDir])
    // A misspelt option must not have another folder's made anew.
    await expect(
      promisify(execFile)(process.execPath, [script, '--data-dri', dataDir]),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('--data-dri is not an option') as string,
    })
    expect((await run()).stderr).toContain('3 of 3 days')
    const store = await openStore({ dataDir })
    onTestFinished(() => store.close())
    expect(await summarise(store, RANGE)).toEqual(right)
    expect((await store.ask('storeSize', null)).calls).toBe(CALLS.length)
    await expect(run()).rejects.toMatchObject({
      stderr: expect.stringMatching(/^\nAnother LLMOps Console uses the data folder .*\n$/) as string,
    })
  },
)

test('rollups by older rules are made anew when the store is opened', async () => {
  const { dataDir, right } = await openSpoilt()
  const sqlite = new SqliteDatabase(join(dataDir, 'llmops.sqlite'))
  sqlite.exec('update rollup_state set version = 0')
  sqlite.close()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  expect(await summarise(store, RANGE)).toEqual(right)
  expect((await store.ask('storeSize', null)).calls).toBe(CALLS.length)
  expect((await breakDown(store, { ...RANGE, by: 'user' })).length).toBe(3)
})
