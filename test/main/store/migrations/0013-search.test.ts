import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { search } from '../../../../src/main/store/migrations/0013-search.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { textIndexState } from '../../../../src/main/store/queries/text-index-state.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { SEGMENT_CALLS } from '../../../../src/main/store/text-index/segment.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

test('calls of before are yet to be indexed', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  createWriters(database).inserter.insert([Array.from({ length: SEGMENT_CALLS }, () => makeCall())])
  for (const table of ['text_segment', 'text_posting', 'text_index_state']) {
    database.sqlite.exec(`drop table ${table}`)
  }

  await search.up(database.kysely)
  expect(await textIndexState(database)).toEqual({ total: SEGMENT_CALLS, indexed: 0 })
})
