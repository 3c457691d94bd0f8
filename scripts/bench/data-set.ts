import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenDatabase } from '../../src/main/store/database.ts'
import { openForReading, openForWriting } from '../../src/main/store/database.ts'
import { migrateToLatest, SCHEMA_VERSION } from '../../src/main/store/migrations/index.ts'
import { openStore } from '../../src/main/store/store.ts'
import { createWriters } from '../../src/main/store/writers.ts'
import { say } from '../failure.ts'
import { cacheFolder } from '../runtime/cache.ts'
import type { Bodies } from './made-up-month.ts'
import { madeUpMonth, MONTH_VERSION } from './made-up-month.ts'

const CALLS_PER_TRANSACTION = 5_000
const FOLLOW_CHUNK = 100_000
const SAID_EVERY_CALLS = 1_000_000

/** A month of calls in a data folder of the console. */
export interface DataSet {
  calls: number
  /** As `--data-dir`. */
  folder: string
  database: string
  /** Bytes on disk for each call. */
  disk: { withBodies: number; withoutBodies: number }
}

/**
 * Makes a data set, or finds it in the cache folder. It goes through the console's own writers, so that rollups and
 * indexes are what they are in life. Sets of another schema are deleted.
 */
export async function openDataSet(calls: number, bodies: Bodies): Promise<DataSet> {
  const key = `${SCHEMA_VERSION}-month-${MONTH_VERSION}`
  const cache = join(cacheFolder(), 'bench')
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (name !== key) await rm(join(cache, name), { recursive: true, force: true })
  }
  const folder = join(cache, key, `${calls}-${bodies}`)
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    await makeDataSet(unfinished, calls, bodies)
    await rename(unfinished, folder)
  }
  const disk = JSON.parse(await readFile(join(folder, DISK_FILE), 'utf8')) as DataSet['disk']
  return { calls, folder, database: join(folder, DATABASE_FILE), disk }
}

/** As the console names it. */
export const DATABASE_FILE = 'llmops.sqlite'
const DISK_FILE = 'bytes-per-call.json'

/** Makes one in a folder that is there; small ones are not worth keeping. */
export async function makeDataSet(folder: string, calls: number, bodies: Bodies): Promise<void> {
  say(`making ${calls.toLocaleString('en')} calls with ${bodies} bodies; they are kept`)
  const database = openForWriting({ file: join(folder, DATABASE_FILE) })
  try {
    // What is half made is thrown away.
    database.sqlite.pragma('synchronous = OFF')
    await migrateToLatest(database)
    const { follower, inserter, rebuilder } = createWriters(database)
    rebuilder.rebuildAll()
    const startedAt = performance.now()
    let made = 0
    let batch = []
    for (const call of madeUpMonth(calls, bodies)) {
      batch.push(call)
      made += 1
      if (batch.length < CALLS_PER_TRANSACTION && made < calls) continue
      for (const result of inserter.insert([batch])) if (!result.ok) throw result.error
      batch = []
      if (made % FOLLOW_CHUNK === 0 || made === calls) while (follower.catchUp(FOLLOW_CHUNK) > 0);
      if (made % SAID_EVERY_CALLS === 0) {
        const seconds = (performance.now() - startedAt) / 1_000
        say(`${made.toLocaleString('en')} calls in ${Math.round(seconds)} s`)
      }
    }
    database.sqlite.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.sqlite.close()
  }
  say('indexing their texts')
  const store = await openStore({ dataDir: folder })
  await store.finishTextIndex()
  await store.close()
  const { sqlite } = openForReading({ file: join(folder, DATABASE_FILE) })
  await writeFile(join(folder, DISK_FILE), JSON.stringify(bytesPerCall(sqlite, calls)))
  sqlite.close()
}

function bytesPerCall(sqlite: OpenDatabase['sqlite'], calls: number): DataSet['disk'] {
  const bytes = (where: string) =>
    Number(sqlite.prepare(`select sum(pgsize) from dbstat where aggregate = true and ${where}`).pluck().get())
  const withBodies = bytes('true') / calls
  return { withBodies, withoutBodies: withBodies - bytes("name = 'app_log_body'") / calls }
}
