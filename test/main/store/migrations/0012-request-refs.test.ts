import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { requestRefs } from '../../../../src/main/store/migrations/0012-request-refs.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

test('calls of before keep their bodies and feedback, are found by their ids and stored once', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { sqlite, kysely } = database
  const call = makeCall({ requestId: 'one', userId: 'u', prompt: { format: 'text', text: 'Hello' } })
  const { follower, inserter, feedback } = createWriters(database)
  inserter.insert([[call, makeCall({ requestId: 'two', userId: 'u' })]])
  const judged = {
    rating: 5,
    comment: null,
    type: null,
    tags: [],
    userId: null,
    source: null,
    createdAt: 0,
    isOwn: false,
  } as const
  feedback.insert([[{ ...judged, id: 'f', requestId: 'one', tags: [] }]])
  follower.catchUp(10)
  const contentOf = (table: string) => sqlite.prepare(`select * from ${table}`).all()
  const tables = ['app_log', 'app_log_body', 'feedback', 'user_call', 'user_rollup_day', 'request_ref']
  const kept = tables.map(contentOf)

  sqlite.exec('drop table request_ref; drop table request_filter')
  sqlite.pragma('foreign_keys = OFF')
  await requestRefs.up(kysely)
  sqlite.pragma('foreign_keys = ON')
  const anew = createWriters(database)
  anew.follower.catchUp(10)

  expect(tables.map(contentOf)).toEqual(kept)
  expect(sqlite.pragma('foreign_key_check')).toEqual([])
  expect(anew.inserter.insert([[call]])).toEqual([
    { ok: true, outcome: { duplicateIndexes: [0], conflicts: 0 } },
  ])
  // A body still goes with its call.
  anew.deleter.delete([1])
  expect(contentOf('app_log_body')).toEqual([])
})
