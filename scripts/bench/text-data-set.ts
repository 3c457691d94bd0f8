import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenDatabase } from '../../src/main/store/database.ts'
import { openForWriting } from '../../src/main/store/database.ts'
import { migrateToLatest, SCHEMA_VERSION } from '../../src/main/store/migrations/index.ts'
import { nextIndexStep } from '../../src/main/store/queries/next-index-step.ts'
import { createWriters } from '../../src/main/store/writers.ts'
import { say } from '../failure.ts'
import { cacheFolder } from '../runtime/cache.ts'
import { DATABASE_FILE } from './data-set.ts'
import type { RealLines } from './real-texts.ts'
import { realTextCalls, TEXTS_VERSION } from './real-texts.ts'

const CALLS_PER_TRANSACTION = 5_000
const FOLLOW_CHUNK = 100_000

/** Calls with texts in two languages, all of them indexed. */
export interface TextDataSet {
  database: string
  /** Microseconds of one processor for each call. */
  costUs: { storing: number; indexing: number }
  /** Bytes on disk for each call. */
  bytes: { texts: number; index: number }
}

/** Makes a data set, or finds it in the cache folder. Sets of another schema are deleted. */
export async function openTextDataSet(calls: number, lines: RealLines): Promise<TextDataSet> {
  const cache = join(cacheFolder(), 'bench-search')
  const key = `${SCHEMA_VERSION}-${TEXTS_VERSION}`
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (name !== key) await rm(join(cache, name), { recursive: true, force: true })
  }
  const folder = join(cache, key, String(calls))
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished, { recursive: true, mode: 0o700 })
    await writeFile(join(unfinished, FIGURES_FILE), JSON.stringify(await make(unfinished, calls, lines)))
    await rename(unfinished, folder)
  }
  const figures = JSON.parse(await readFile(join(folder, FIGURES_FILE), 'utf8')) as Figures
  return { database: join(folder, DATABASE_FILE), ...figures }
}

const FIGURES_FILE = 'figures.json'
type Figures = Omit<TextDataSet, 'database'>

async function make(folder: string, calls: number, lines: RealLines): Promise<Figures> {
  say(`making ${calls.toLocaleString('en')} calls with texts; they are kept`)
  const database = openForWriting({ file: join(folder, DATABASE_FILE) })
  try {
    // What is half made is thrown away.
    database.sqlite.pragma('synchronous = OFF')
    await migrateToLatest(database)
    const { follower, inserter, textIndex } = createWriters(database)
    const storing = stopwatch()
    const indexing = stopwatch()
    let batch = []
    for (const call of realTextCalls(calls, lines)) {
      batch.push(call)
      if (batch.length < CALLS_PER_TRANSACTION) continue
      const stored = batch
      batch = []
      storing.run(() => {
        for (const result of inserter.insert([stored])) if (!result.ok) throw result.error
        while (follower.ahead() > FOLLOW_CHUNK) follower.catchUp(FOLLOW_CHUNK)
      })
      indexing.run(() => {
        for (let step = nextIndexStep(database); step; step = nextIndexStep(database)) textIndex.write(step)
      })
    }
    storing.run(() => {
      while (follower.catchUp(FOLLOW_CHUNK) > 0);
    })
    database.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    const perCall = (watch: ReturnType<typeof stopwatch>) => (watch.ms() * 1_000) / calls
    return {
      costUs: { storing: perCall(storing), indexing: perCall(indexing) },
      bytes: {
        texts: bytesOf(database, 'app_log_body') / calls,
        index: (bytesOf(database, 'text_posting') + bytesOf(database, 'text_segment')) / calls,
      },
    }
  } finally {
    database.sqlite.close()
  }
}

/** Processor time, which other programs do not add to. */
function stopwatch() {
  let total = 0
  return {
    run(work: () => void): void {
      const before = process.cpuUsage()
      work()
      const { user, system } = process.cpuUsage(before)
      total += (user + system) / 1_000
    },
    ms: () => total,
  }
}

function bytesOf({ sqlite }: OpenDatabase, table: string): number {
  return Number(
    sqlite.prepare('select sum(pgsize) from dbstat where aggregate = true and name = ?').pluck().get(table),
  )
}
