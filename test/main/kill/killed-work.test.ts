import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'

const PROCESS = join(import.meta.dirname, 'work-process.ts')
const CALLS = 6_000
const KILLS = 2
/** A process is killed so long after one of its first steps. */
const LATER_MS = 120

const ids = Array.from({ length: CALLS }, (_, index) => `kept-${index}`).sort()
let filled: string

beforeAll(async () => {
  filled = mkdtempSync(join(tmpdir(), 'llmops-kill-'))
  const store = await openStore({ dataDir: filled, isTextIndexed: false })
  const calls = ids.map((requestId, index) =>
    makeCall({
      requestId,
      totalTokens: index,
      prompt: { format: 'text', text: `问题 ${index} `.repeat(150) },
    }),
  )
  for (let start = 0; start < CALLS; start += 2_000)
    await store.insertCalls(calls.slice(start, start + 2_000))
  while ((await store.followCalls()) > 0);
  await store.close()
}, 60_000)
afterAll(() => rmSync(filled, { recursive: true, force: true }))

/** A data folder with the calls, and a folder of the user's. */
function folders({ isEmpty = false } = {}) {
  const dataDir = join(temporaryFolder(), 'data')
  const out = temporaryFolder()
  if (isEmpty) mkdirSync(dataDir)
  else cpSync(filled, dataDir, { recursive: true })
  return { dataDir, out }
}

type Work = 'export' | 'import' | 'backup' | 'compact'

/**
 * Has a console do its work, and kills it at a random moment after one of its steps.
 *
 * @param killAt how many steps it says before; 0: it is not killed.
 * @returns its last step, and what it was killed at.
 */
async function run(dataDir: string, work: Work, file: string, killAt: number): Promise<string> {
  const child = spawn(process.execPath, [PROCESS, dataDir, work, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let said = 0
  let last = ''
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    said += 1
    if (said !== killAt) continue
    await sleep(Math.random() * LATER_MS)
    child.kill('SIGKILL')
  }
  const [code] = (await ended) as [number | null, string | null]
  expect(code === 0 || killAt > 0).toBe(true)
  return last
}

/** Looks with nothing of ours but SQLite. */
function stored(file: string) {
  const database = new SqliteDatabase(file)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    return database.prepare<[], string>('select request_id from app_log order by 1').pluck().all()
  } finally {
    database.close()
  }
}
const databaseIn = (dataDir: string) => join(dataDir, 'llmops.sqlite')
const unfinished = (dataDir: string) =>
  existsSync(join(dataDir, 'unfinished')) ? readdirSync(join(dataDir, 'unfinished')) : []

test(
  'an export that is killed is never met half done, and the next start removes what it left',
  { timeout: 300_000 },
  async () => {
    const { dataDir, out } = folders()
    const file = join(out, 'calls.jsonl')
    writeFileSync(file, 'of before')
    const exported = () => readFileSync(file, 'utf8').trimEnd().split('\n')
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await run(dataDir, 'export', file, kill)
      expect([1, CALLS]).toContain(exported().length)
      expect(readdirSync(out).filter((name) => name !== 'calls.jsonl').length).toBeLessThanOrEqual(1)
    }
    expect(await run(dataDir, 'export', file, 0)).toBe('saved')
    expect(readdirSync(out)).toEqual(['calls.jsonl'])
    expect(
      exported()
        .map((line) => (JSON.parse(line) as { requestId: string }).requestId)
        .sort(),
    ).toEqual(ids)
    expect(unfinished(dataDir)).toEqual([])
    expect(stored(databaseIn(dataDir))).toEqual(ids)
  },
)

test(
  'an import that is killed keeps what it stored, and again brings the rest, once',
  { timeout: 300_000 },
  async () => {
    const { dataDir, out } = folders({ isEmpty: true })
    const file = join(out, 'calls.jsonl')
    const line = (requestId: string) =>
      JSON.stringify({ requestId, app: 'shop', totalTokens: 3, prompt: 'x'.repeat(900) })
    writeFileSync(file, ids.map(line).join('\n'))
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await run(dataDir, 'import', file, 2 * kill)
      const some = stored(databaseIn(dataDir))
      expect(new Set(some).size).toBe(some.length)
    }
    expect(await run(dataDir, 'import', file, 0)).toBe('done')
    expect(stored(databaseIn(dataDir))).toEqual(ids)
    const database = new SqliteDatabase(databaseIn(dataDir), { readonly: true })
    const sums = 'select sum(requests) as calls, sum(total_tokens) as tokens from call_rollup where level = 5'
    expect(database.prepare(sums).get()).toEqual({ calls: CALLS, tokens: 3 * CALLS })
    database.close()
  },
)

test('a backup that is killed leaves no file that looks like one', { timeout: 300_000 }, async () => {
  const { dataDir } = folders()
  const folder = join(dataDir, 'backups')
  const backups = () => (existsSync(folder) ? readdirSync(folder) : [])
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await run(dataDir, 'backup', '', kill)
    for (const name of backups())
      if (name.endsWith('.sqlite')) expect(stored(join(folder, name))).toEqual(ids)
  }
  expect(await run(dataDir, 'backup', '', 0)).toBe('done')
  expect(backups().filter((name) => !name.endsWith('.sqlite'))).toEqual([])
  expect(unfinished(dataDir)).toEqual([])
  expect(stored(databaseIn(dataDir))).toEqual(ids)
})

test(
  'a database whose compacting is killed is the one of before or the new one',
  { timeout: 300_000 },
  async () => {
    const { dataDir } = folders()
    const trimmed = new SqliteDatabase(databaseIn(dataDir))
    trimmed.exec(
      'create table filler (text); insert into filler select zeroblob(20000000); drop table filler',
    )
    trimmed.close()
    const names = readdirSync(dataDir)
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await run(dataDir, 'compact', '', 1)
      expect(stored(databaseIn(dataDir))).toEqual(ids)
    }
    expect(await run(dataDir, 'compact', '', 0)).toBe('done')
    expect(stored(databaseIn(dataDir))).toEqual(ids)
    const added = readdirSync(dataDir).filter((name) => !names.includes(name))
    // Nothing that SQLite wrote aside.
    expect(added.filter((name) => !/^(token|app-token|hash-key|lock|unfinished)/.test(name))).toEqual([])
  },
)
