import { join } from 'node:path'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { calls } from '../../../../src/main/store/migrations/0001-calls.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

test('a database of the first schema keeps its calls, which are calls and no steps', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  const first = new Migrator({
    db: database.kysely,
    provider: { getMigrations: async () => ({ '0001-calls': calls }) },
  })
  expect((await first.migrateToLatest()).error).toBeUndefined()
  database.sqlite.exec(
    `insert into app_log (request_id, source, app, status, started_at, arrived_at)
     values ('old', 'native', 'a', 'ok', 1, 1);
     insert into app_log_body (app_log_id, prompt, prompt_format) values (1, 'hi', 'text');`,
  )

  await migrateToLatest(database)

  const row = database.sqlite
    .prepare(
      `select request_id, name, is_step, has_usage_below, reported_started_at, flags, prompt, prompt_length
       from app_log join app_log_body on app_log_id = id`,
    )
    .get()
  expect(row).toEqual({
    request_id: 'old',
    name: null,
    is_step: 0,
    has_usage_below: 0,
    reported_started_at: null,
    flags: null,
    prompt: 'hi',
    prompt_length: null,
  })
  expect(database.sqlite.prepare('select count(*) from span_event').pluck().get()).toBe(0)
})
