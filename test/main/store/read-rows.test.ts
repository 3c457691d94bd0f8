import SqliteDatabase from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readRows } from '../../../src/main/store/read-rows.ts'

let sqlite: SqliteDatabase.Database
let kysely: Kysely<{ item: { id: number; name: string } }>

beforeEach(() => {
  sqlite = new SqliteDatabase(':memory:')
  kysely = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) })
  sqlite.exec(
    `create table item (id integer primary key, name text); insert into item values (1, 'a'), (2, 'b')`,
  )
})
afterEach(() => sqlite.close())

const named = (...names: string[]) => kysely.selectFrom('item').select('id').where('name', 'in', names)

test('a statement is prepared once for each text, and run with the values of each query', () => {
  const prepare = vi.spyOn(sqlite, 'prepare')
  expect(readRows(sqlite, named('a'))).toEqual([{ id: 1 }])
  expect(readRows(sqlite, named('b'))).toEqual([{ id: 2 }])
  expect(readRows(sqlite, named('a', 'b'))).toEqual([{ id: 1 }, { id: 2 }])
  expect(prepare).toHaveBeenCalledTimes(2)
})

test('each connection has its own', () => {
  const other = new SqliteDatabase(':memory:')
  other.exec(`create table item (id integer primary key, name text); insert into item values (9, 'a')`)
  expect(readRows(sqlite, named('a'))).toEqual([{ id: 1 }])
  expect(readRows(other, named('a'))).toEqual([{ id: 9 }])
  other.close()
})

test('of many texts those asked for last are kept', () => {
  const texts = (count: number) => named(...Array.from({ length: count }, (_, index) => `name ${index}`))
  readRows(sqlite, named('a'))
  for (let count = 2; count <= 200; count += 1) readRows(sqlite, texts(count))
  // Now it is the one asked for last.
  readRows(sqlite, named('a'))
  readRows(sqlite, texts(201))
  const prepare = vi.spyOn(sqlite, 'prepare')
  readRows(sqlite, named('a'))
  expect(prepare).not.toHaveBeenCalled()
  readRows(sqlite, texts(2))
  expect(prepare).toHaveBeenCalledOnce()
})

test('rows have the columns of a table that was changed meanwhile', () => {
  const all = kysely.selectFrom('item').selectAll().limit(1)
  expect(readRows(sqlite, all)).toEqual([{ id: 1, name: 'a' }])
  sqlite.exec('alter table item add column note text')
  expect(readRows(sqlite, all)).toEqual([{ id: 1, name: 'a', note: null }])
})
