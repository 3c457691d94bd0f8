import { join } from 'node:path'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { calls } from '../../../../src/main/store/migrations/0001-calls.ts'
import { traces } from '../../../../src/main/store/migrations/0002-traces.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { listUpstreams } from '../../../../src/main/store/queries/list-upstreams.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

test('a database without upstreams gets an empty table of them', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  const migrations = { '0001-calls': calls, '0002-traces': traces }
  const before = new Migrator({ db: database.kysely, provider: { getMigrations: async () => migrations } })
  expect((await before.migrateToLatest()).error).toBeUndefined()
  await migrateToLatest(database)
  expect(await listUpstreams(database.kysely)).toEqual([])
  const insert = (flavour: string) =>
    database.sqlite.exec(
      `insert into upstream (name, base_url, flavour) values ('x', 'http://h', '${flavour}')`,
    )
  expect(() => insert('telepathy')).toThrow('CHECK')
  insert('openai')
  expect(await listUpstreams(database.kysely)).toEqual([
    { name: 'x', baseUrl: 'http://h', flavour: 'openai' },
  ])
})
