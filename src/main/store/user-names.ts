import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Names } from './name-keys.ts'
import type { Schema } from './schema.ts'

/** The numbers of users. There are far fewer of them than of calls: one index of all names does. */
export class UserNames implements Names {
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
  }

  insert(name: string): number | undefined {
    const { changes, lastInsertRowid } = this.#statements.insert.run(name)
    return changes > 0 ? Number(lastInsertRowid) : undefined
  }

  find(name: string): number | undefined {
    return this.#statements.find.get(name)?.id
  }

  change(key: number, by: number): void {
    this.#statements.change.run(by, key)
  }

  deleteUnused(key: number): boolean {
    return this.#statements.deleteUnused.run(key).changes > 0
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the unique index on the name.
  const find = kysely.selectFrom('user').select('id').where('name', '=', '')
  const insert = kysely
    .insertInto('user')
    .values({ name: '', calls: sql.lit(0) })
    .onConflict((conflict) => conflict.doNothing())
  const change = kysely
    .updateTable('user')
    .set((eb) => ({ calls: eb('calls', '+', 0) }))
    .where('id', '=', 0)
  const deleteUnused = kysely.deleteFrom('user').where('id', '=', 0).where('calls', '=', sql.lit(0))
  return {
    find: sqlite.prepare<[string], { id: number }>(find.compile().sql),
    insert: sqlite.prepare<[string]>(insert.compile().sql),
    change: sqlite.prepare<[number, number]>(change.compile().sql),
    deleteUnused: sqlite.prepare<[number]>(deleteUnused.compile().sql),
  }
}
