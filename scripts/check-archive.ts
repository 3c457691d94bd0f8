/**
 * Proves that what is archived is neither lost nor doubled: fills a data folder, has its calls archived by a process that is
 * killed (SIGKILL) again and again at random points, and restores them in the same way. Ids, totals, costs and the
 * histograms that percentiles come from are compared before and after, with nothing of ours but SQLite, gzip and JSON.
 *
 *   npm run check:archive                                1,000,000 calls of 10 days, 50 kills
 *   npm run check:archive -- --calls 50000 --kills 20    fewer of them
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { NewCall } from '../src/main/store/call.ts'
import { openStore } from '../src/main/store/store.ts'
import { madeUpCall } from './archive/made-up-call.ts'
import { inspectArchived } from './archive/inspect-archived.ts'

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '1000000' }, kills: { type: 'string', default: '50' } },
})
const CALLS = Number(values.calls)
const KILLS = Number(values.kills)
const DAYS = 10
const BATCH = 2_000
const DAY_MS = 24 * 3_600_000
const NOW = Date.UTC(2026, 5, 30, 12)
/** A process is killed so long after its start: some while it opens, most at its work. */
const LIFE_MS = { least: 600, most: 6_000 }

const dataDir = mkdtempSync(join(tmpdir(), 'llmops-check-archive-'))
const say = (text: string) => process.stdout.write(`${text}\n`)
let kills = 0

say(`${CALLS} calls of ${DAYS} days, ${KILLS} kills, data in ${dataDir}`)
const startedAt = performance.now()
const seconds = () => Math.round((performance.now() - startedAt) / 1_000)
await fill()
const before = inspectArchived(dataDir)
say(`${seconds()} s: filled`)
await work('archive', Math.ceil(KILLS / 2))
const archived = inspectArchived(dataDir)
say(`${seconds()} s: archived after ${kills} kills`)
compare('archived', archived.archived, before.stored)
compare('left in the database', archived.stored, [])
compare('files that belong to no archive', archived.leftOver, [])
compare('totals and costs', archived.sums, before.sums)
compare('histograms', archived.histograms, before.histograms)
await work('restore', KILLS - kills)
const restored = inspectArchived(dataDir)
say(`${seconds()} s: restored after ${kills} kills`)
compare('restored', restored.stored, before.stored)
compare('totals and costs', restored.sums, before.sums)
compare('histograms', restored.histograms, before.histograms)
rmSync(dataDir, { recursive: true })
say(`${seconds()} s: ${kills} kills, nothing lost, nothing doubled`)

async function fill(): Promise<void> {
  const store = await openStore({ dataDir })
  for (let first = 0; first < CALLS; first += BATCH) {
    const calls: NewCall[] = Array.from({ length: Math.min(BATCH, CALLS - first) }, (_, index) => {
      const number = first + index
      const day = Math.floor((number / CALLS) * DAYS)
      return madeUpCall(number, NOW - (200 + DAYS - day) * DAY_MS + (number % 86_400) * 1_000)
    })
    await store.insertCalls(calls)
  }
  while ((await store.followCalls()) > 0);
  await store.close()
}

/** Starts the process again and again until it got to its end, and kills it so often. */
async function work(what: 'archive' | 'restore', often: number): Promise<void> {
  for (let left = often; ; left -= 1) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'archive/retention-process.ts'), dataDir, String(NOW), what],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>
    const timer =
      left > 0
        ? setTimeout(
            () => child.kill('SIGKILL'),
            LIFE_MS.least + Math.random() * (LIFE_MS.most - LIFE_MS.least),
          )
        : undefined
    const [code, signal] = await ended
    clearTimeout(timer)
    if (signal === 'SIGKILL') kills += 1
    else if (code === 0) return
    else throw new Error(`the process ended with ${code ?? signal ?? 'nothing'}`)
  }
}

function compare(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return
  const count = (of: unknown) => (Array.isArray(of) ? `${of.length} entries` : typeof of)
  process.stderr.write(
    `${what}: ${count(found)} found, ${count(expected)} expected, and they differ; see ${dataDir}\n`,
  )
  process.exit(1)
}
