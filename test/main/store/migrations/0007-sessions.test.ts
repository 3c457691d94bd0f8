import { join } from 'node:path'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { calls } from '../../../../src/main/store/migrations/0001-calls.ts'
import { traces } from '../../../../src/main/store/migrations/0002-traces.ts'
import { upstreams } from '../../../../src/main/store/migrations/0003-upstreams.ts'
import { statistics } from '../../../../src/main/store/migrations/0004-statistics.ts'
import { costs } from '../../../../src/main/store/migrations/0005-costs.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { countPresent } from '../../../../src/main/store/queries/count-present.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

test('calls of before are followed again, so that their sessions and users are known', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  const migrations = {
    '0001-calls': calls,
    '0002-traces': traces,
    '0003-upstreams': upstreams,
    '0004-statistics': statistics,
    '0005-costs': costs,
  }
  const before = new Migrator({ db: database.kysely, provider: { getMigrations: async () => migrations } })
  expect((await before.migrateToLatest()).error).toBeUndefined()
  database.sqlite.exec(`
    insert into app_log (request_id, source, app, user_id, session_id, status, started_at, arrived_at)
      values ('a', 'native', 'shop', 'u-1', 's-1', 'ok', 5, 5), ('b', 'native', 'shop', 'u-1', 's-2', 'ok', 6, 6);
    insert into user values (7, 'u-1');
    insert into user_call values (7, 5, 1), (7, 6, 2);
    update rollup_state set users_up_to = 2;
  `)

  await migrateToLatest(database)
  const { follower } = createWriters(database)
  expect(follower.ahead()).toBe(2)
  expect(follower.catchUp(10)).toBe(2)

  const range = { from: 0, to: 86_400_000, labels: {} }
  expect(countPresent(database, range, 0)).toEqual({ users: 1, sessions: 2 })
  expect(database.sqlite.prepare('select count(*) from user_call').pluck().get()).toBe(2)
})
