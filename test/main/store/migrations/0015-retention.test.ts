import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

test('no day is frozen at first, and no call is remembered as gone', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  for (const table of ['frozen_day', 'gone_request', 'kept_day', 'retention_mark', 'retention_run'])
    expect(database.sqlite.prepare(`select * from ${table}`).all()).toEqual([])
  expect(database.sqlite.prepare('select kept_up_to from rollup_state').pluck().all()).toEqual([0])
})
