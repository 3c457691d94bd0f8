/**
 * Inserts calls through the console's own writers into a database of any size, 100 a transaction, synced at each
 * commit, what follows the calls included.
 *
 *   node scripts/bench/sustained-inserts.ts <database> <calls> <seed>
 */
import { openForWriting } from '../../src/main/store/database.ts'
import { migrateToLatest } from '../../src/main/store/migrations/index.ts'
import { DAY_MS } from '../../src/main/store/rollup-levels.ts'
import { areRollupsOutdated } from '../../src/main/store/rebuild-rollups.ts'
import { createWriters } from '../../src/main/store/writers.ts'
import { madeUpSince, MONTH_END } from './made-up-month.ts'

const [file = '', calls = '0', seed = '0'] = process.argv.slice(2)
const CALLS = Number(calls)
const CALLS_PER_TRANSACTION = 100
/** As the writer thread takes them. */
const FOLLOW_CHUNK = 20_000

const database = openForWriting({ file })
await migrateToLatest(database)
const { follower, inserter, rebuilder } = createWriters(database)
if (areRollupsOutdated(database.sqlite)) rebuilder.rebuildAll()

// Each run on a day of its own, as new calls are of a new day.
const made = madeUpSince(Math.ceil(MONTH_END / DAY_MS + Number(seed)) * DAY_MS, 'ordinary', Number(seed))
const batches = Array.from({ length: CALLS / CALLS_PER_TRANSACTION }, () =>
  Array.from({ length: CALLS_PER_TRANSACTION }, () => made.next().value),
)
const startedAt = performance.now()
for (const [index, batch] of batches.entries()) {
  for (const result of inserter.insert([batch])) if (!result.ok) throw result.error
  if (((index + 1) * CALLS_PER_TRANSACTION) % FOLLOW_CHUNK === 0) follower.catchUp(FOLLOW_CHUNK)
}
const seconds = (performance.now() - startedAt) / 1_000
database.sqlite.close()
process.stdout.write(JSON.stringify({ callsPerSecond: CALLS / seconds }))
