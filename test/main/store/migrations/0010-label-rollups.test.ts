import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { labelRollups } from '../../../../src/main/store/migrations/0010-label-rollups.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { scanStatistics } from '../../../../src/main/store/queries/scan-statistics.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

test('calls of before are followed again, and counted once by each label alone', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { inserter, follower } = createWriters(database)
  inserter.insert([[makeCall({ app: 'a', userId: 'u' }), makeCall({ app: 'a' }), makeCall({ app: 'b' })]])
  expect(follower.catchUp(10)).toBe(3)
  // The table of places came later.
  database.sqlite.exec('delete from call_rollup where level > 5; delete from label_call')

  await labelRollups.up(database.kysely)
  expect(follower.catchUp(10)).toBe(3)

  const startedAt = makeCall().startedAt
  const request = { from: startedAt - 86_400_000, to: startedAt + 86_400_000, edges: null, labels: {} }
  const byApp = scanStatistics(database, { ...request, groupBy: 'app' }, 0)
  expect(byApp.map(({ key, sums }) => [key, sums.requests]).sort()).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  expect(database.sqlite.prepare('select count(*) from user_call').pluck().get()).toBe(1)
})
