import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Schema } from './schema.ts'

const KEYS_REMEMBERED = 100_000

/**
 * Gives names a number, which is shorter, and forgets a name that no call has any more. Used by the writer thread only.
 */
export class NameKeys {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #keys = new Map<string, number>()
  /** By key. */
  readonly #changes = new Map<number, number>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, table: 'user' | 'session') {
    this.#statements = prepareStatements(sqlite, kysely, table)
  }

  /** @returns the number of a name, also of one that is new. */
  keyOf(name: string): number {
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    // Most of those that are not remembered are new.
    const { changes, lastInsertRowid } = this.#statements.insert.run(name)
    const key = changes > 0 ? Number(lastInsertRowid) : this.#statements.find.get(name)?.id
    if (key === undefined) throw new Error('a name that could not be inserted is missing')
    if (this.#keys.size >= KEYS_REMEMBERED) this.#keys.clear()
    this.#keys.set(name, key)
    return key
  }

  /** Notes how many calls came to have the name, less those that have it no more. */
  count(key: number, change: number): void {
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + change)
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    let hasForgotten = false
    for (const [key, change] of this.#changes) {
      if (change !== 0) this.#statements.change.run(change, key)
      if (change < 0) hasForgotten = this.#statements.deleteUnused.run(key).changes > 0 || hasForgotten
    }
    this.#changes.clear()
    if (hasForgotten) this.#keys.clear()
  }

  /** Forgets what was counted and what it knows of the table: the transaction was rolled back. */
  discard(): void {
    this.#changes.clear()
    this.#keys.clear()
  }
}

function prepareStatements(
  sqlite: SqliteDatabase.Database,
  kysely: Kysely<Schema>,
  table: 'user' | 'session',
) {
  const compile = (query: { compile(): { sql: string } }) => query.compile().sql
  return {
    // By the unique index on the name.
    find: sqlite.prepare<[string], { id: number }>(
      compile(kysely.selectFrom(table).select('id').where('name', '=', '')),
    ),
    insert: sqlite.prepare<[string]>(
      compile(
        kysely
          .insertInto(table)
          .values({ name: '', calls: sql.lit(0) })
          .onConflict((conflict) => conflict.doNothing()),
      ),
    ),
    change: sqlite.prepare<[number, number]>(
      compile(
        kysely
          .updateTable(table)
          .set((eb) => ({ calls: eb('calls', '+', 0) }))
          .where('id', '=', 0),
      ),
    ),
    deleteUnused: sqlite.prepare<[number]>(
      compile(kysely.deleteFrom(table).where('id', '=', 0).where('calls', '=', sql.lit(0))),
    ),
  }
}
