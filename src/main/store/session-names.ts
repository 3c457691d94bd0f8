import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Names } from './name-keys.ts'
import type { Schema } from './schema.ts'

/** Of so many the table is written again and again, and each page of the others takes several when they are moved. */
const RECENT_KEPT = 100_000
/** Moved at once, at least. */
const MOVED_AT_ONCE = 5_000

/**
 * The numbers of sessions. Their names have no order, and most calls of an app begin a new one: in an index of all of
 * them each would write a page of its own. New names go to a table of recent ones, which is small, and from there to that
 * of all others a piece of the alphabet at a time, round and round, so that a page takes many at once. (The rolling merge
 * of O'Neil et al.: "The log-structured merge-tree", Acta Informatica 33, 1996.)
 */
export class SessionNames implements Names {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #kept: number
  readonly #movedAtOnce: number
  /** How many names are recent; undefined: they are to be counted. */
  #recent: number | undefined
  /** Up to this name recent ones were moved last. */
  #movedUpTo = ''

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { kept = RECENT_KEPT, movedAtOnce = MOVED_AT_ONCE } = {},
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#kept = kept
    this.#movedAtOnce = movedAtOnce
  }

  insert(name: string): number | undefined {
    const { changes, lastInsertRowid } = this.#statements.insert.run(name, name, name)
    if (changes === 0) return undefined
    const key = Number(lastInsertRowid)
    this.#statements.insertName.run(name, key)
    if (this.#recent !== undefined) this.#recent += 1
    return key
  }

  find(name: string): number | undefined {
    return this.#statements.findRecent.get(name)?.id ?? this.#statements.findOther.get(name)?.id
  }

  change(key: number, by: number): void {
    this.#statements.change.run(by, key)
  }

  deleteUnused(key: number): boolean {
    const unused = this.#statements.deleteUnused.get(key)
    if (!unused) return false
    const { changes } = this.#statements.deleteRecent.run(unused.name)
    if (changes === 0) this.#statements.deleteOther.run(unused.name)
    else if (this.#recent !== undefined) this.#recent -= changes
    return true
  }

  settle(): void {
    this.#recent ??= this.#statements.countRecent.get()?.count ?? 0
    for (;;) {
      const surplus = this.#recent - this.#kept
      if (surplus < this.#movedAtOnce) return
      const last = this.#statements.lastOfNext.get(this.#movedUpTo, surplus)?.name ?? null
      if (last !== null) {
        this.#statements.copyToOthers.run(this.#movedUpTo, last)
        this.#recent -= this.#statements.removeMoved.run(this.#movedUpTo, last).changes
      }
      // None is behind the beginning: only an empty name can be left.
      if (last === null && this.#movedUpTo === '') return
      // Behind the last name comes the first again.
      this.#movedUpTo = last ?? ''
    }
  }

  discard(): void {
    this.#recent = undefined
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const compile = (query: { compile(): { sql: string } }) => query.compile().sql
  // All by primary keys.
  const named = (table: 'recent_session_name' | 'session_name') =>
    kysely.selectFrom(table).select('id').where('name', '=', '')
  const newSession = kysely
    .selectNoFrom([sql<string>`${''}`.as('name'), sql<number>`0`.as('calls')])
    .where((eb) => eb.not(eb.exists(named('recent_session_name'))))
    .where((eb) => eb.not(eb.exists(named('session_name'))))
  const next = kysely
    .selectFrom('recent_session_name')
    .select('name')
    .where('name', '>', '')
    .orderBy('name')
    .limit(0)
  const moved = kysely
    .selectFrom('recent_session_name')
    .select(['name', 'id'])
    .where('name', '>', '')
    .where('name', '<=', '')
    .orderBy('name')
  const deleteName = (table: 'recent_session_name' | 'session_name') =>
    sqlite.prepare<[string]>(compile(kysely.deleteFrom(table).where('name', '=', '')))
  return {
    insert: sqlite.prepare<[string, string, string]>(
      compile(kysely.insertInto('session').columns(['name', 'calls']).expression(newSession)),
    ),
    insertName: sqlite.prepare<[string, number]>(
      compile(kysely.insertInto('recent_session_name').values({ name: '', id: 0 })),
    ),
    findRecent: sqlite.prepare<[string], { id: number }>(compile(named('recent_session_name'))),
    findOther: sqlite.prepare<[string], { id: number }>(compile(named('session_name'))),
    change: sqlite.prepare<[number, number]>(
      compile(
        kysely
          .updateTable('session')
          .set((eb) => ({ calls: eb('calls', '+', 0) }))
          .where('id', '=', 0),
      ),
    ),
    deleteUnused: sqlite.prepare<[number], { name: string }>(
      compile(
        kysely.deleteFrom('session').where('id', '=', 0).where('calls', '=', sql.lit(0)).returning('name'),
      ),
    ),
    deleteRecent: deleteName('recent_session_name'),
    deleteOther: deleteName('session_name'),
    countRecent: sqlite.prepare<[], { count: number }>(
      compile(kysely.selectFrom('recent_session_name').select((eb) => eb.fn.countAll<number>().as('count'))),
    ),
    lastOfNext: sqlite.prepare<[string, number], { name: string | null }>(
      compile(kysely.selectFrom(next.as('next')).select((eb) => eb.fn.max('name').as('name'))),
    ),
    copyToOthers: sqlite.prepare<[string, string]>(
      compile(kysely.insertInto('session_name').columns(['name', 'id']).expression(moved)),
    ),
    removeMoved: sqlite.prepare<[string, string]>(
      compile(kysely.deleteFrom('recent_session_name').where('name', '>', '').where('name', '<=', '')),
    ),
  }
}
