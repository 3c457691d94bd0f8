import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { labelCalls } from '../../../../src/main/store/migrations/0011-label-calls.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

test('calls of before are followed again, so that the place of each is known and none counted twice', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { follower, inserter } = createWriters(database)
  inserter.insert([[makeCall({ app: 'a', userId: 'u' }), makeCall({ app: 'b' })]])
  expect(follower.catchUp(10)).toBe(2)
  const contentOf = (table: string) => database.sqlite.prepare(`select * from ${table}`).all()
  const tables = ['label_call', 'user_call', 'call_rollup', 'presence']
  const kept = tables.map(contentOf)
  database.sqlite.exec('drop table label_call')

  await labelCalls.up(database.kysely)
  const anew = createWriters(database)
  expect(anew.follower.ahead()).toBe(2)
  expect(anew.follower.catchUp(10)).toBe(2)

  expect(tables.map(contentOf)).toEqual(kept)
  expect(contentOf('label_call')).toHaveLength(2)
})
