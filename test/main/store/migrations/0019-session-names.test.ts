import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { sessionNames } from '../../../../src/main/store/migrations/0019-session-names.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { countPresent } from '../../../../src/main/store/queries/count-present.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

const RANGE = { from: 0, to: 86_400_000, labels: {} }

test('sessions of before keep their numbers, and come again under them', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  const { sqlite } = database
  onTestFinished(() => void sqlite.close())
  await migrateToLatest(database)
  const calls = ['s-2', 's-1', 's-2'].map((sessionId, index) =>
    makeCall({ requestId: `r-${index}`, sessionId, startedAt: index }),
  )
  const before = createWriters(database)
  before.inserter.insert([calls])
  before.follower.catchUpFully()
  const sessions = () => sqlite.prepare('select * from session order by id').all()
  const stored = sessions()
  sqlite.exec(`
    drop table session_name;
    drop table recent_session_name;
    alter table session rename to session_of_now;
    create table session (id integer primary key, name text not null unique, calls integer not null) strict;
    insert into session select * from session_of_now;
    drop table session_of_now;
  `)

  await sessionNames.up(database.kysely)

  expect(sessions()).toEqual(stored)
  expect(countPresent(database, RANGE, 0)).toEqual({ users: 0, sessions: 2 })
  const { inserter, follower } = createWriters(database)
  const more = ['s-1', 's-3'].map((sessionId) => makeCall({ requestId: sessionId, sessionId, startedAt: 9 }))
  inserter.insert([more])
  // Those that are not followed yet are told from those that are by their names.
  expect(countPresent(database, RANGE, 0)).toEqual({ users: 0, sessions: 3 })
  follower.catchUpFully()
  expect(countPresent(database, RANGE, 0)).toEqual({ users: 0, sessions: 3 })
  expect(sqlite.prepare('select name, calls from session order by name').all()).toEqual([
    { name: 's-1', calls: 2 },
    { name: 's-2', calls: 2 },
    { name: 's-3', calls: 1 },
  ])
})
