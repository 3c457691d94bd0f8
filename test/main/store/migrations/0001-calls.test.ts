import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest, SCHEMA_VERSION } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

function openDatabase(): OpenDatabase {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  return database
}

function namesOf({ sqlite }: OpenDatabase, type: 'table' | 'index'): string[] {
  return sqlite
    .prepare<[string], string>(
      "select name from sqlite_master where type = ? and name not like 'sqlite_%' order by 1",
    )
    .pluck()
    .all(type)
}

const TABLES = ['app_log', 'app_log_body', 'call_rollup', 'label_set', 'setting']

describe('the first migration', () => {
  test('makes the tables and the index of an empty database', async () => {
    const database = openDatabase()
    await migrateToLatest(database)
    // Later migrations may add more.
    expect(namesOf(database, 'table')).toEqual(expect.arrayContaining(TABLES))
    expect(namesOf(database, 'index')).toContain('app_log_started_at')
  })

  test('makes every table strict, so that no column holds what it should not', async () => {
    const database = openDatabase()
    await migrateToLatest(database)
    const strict = database.sqlite
      .prepare<[], string>(
        "select name from pragma_table_list where strict = 1 and schema = 'main' order by 1",
      )
      .pluck()
      .all()
    const ours = namesOf(database, 'table').filter((name) => !name.startsWith('kysely_'))
    expect(strict).toEqual(ours)
  })

  test('changes nothing when it was run before', async () => {
    const database = openDatabase()
    await migrateToLatest(database)
    const dump = () => database.sqlite.prepare('select * from sqlite_master').all()
    const applied = () => database.sqlite.prepare('select * from kysely_migration').all()
    const before = { schema: dump(), applied: applied() }
    await migrateToLatest(database)
    expect({ schema: dump(), applied: applied() }).toEqual(before)
    expect(before.applied.at(-1)).toMatchObject({ name: SCHEMA_VERSION })
  })

  test('leaves nothing behind when a later table cannot be made', async () => {
    const database = openDatabase()
    database.sqlite.exec('create table setting (something_else)')
    await expect(migrateToLatest(database)).rejects.toThrow('already exists')
    expect(namesOf(database, 'table')).toEqual(['setting'])
    expect(database.sqlite.inTransaction).toBe(false)

    database.sqlite.exec('drop table setting')
    await migrateToLatest(database)
    expect(namesOf(database, 'table')).toEqual(expect.arrayContaining(TABLES))
  })

  test('refuses a database that a newer console has written, and leaves it as it is', async () => {
    const database = openDatabase()
    await migrateToLatest(database)
    database.sqlite.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')")
    await expect(migrateToLatest(database)).rejects.toMatchObject({ code: 'store-newer' })
    expect(database.sqlite.prepare('select max(name) as name from kysely_migration').get()).toEqual({
      name: '9999-later',
    })
    expect(database.sqlite.inTransaction).toBe(false)
  })

  test('lets a call have only the two states', async () => {
    const database = openDatabase()
    await migrateToLatest(database)
    const insert = database.sqlite.prepare(
      "insert into app_log (request_id, source, app, status, started_at, arrived_at) values (?, 'native', 'a', ?, 0, 0)",
    )
    expect(insert.run('1', 'ok').changes).toBe(1)
    expect(() => insert.run('2', 'maybe')).toThrow(SqliteDatabase.SqliteError)
  })
})
