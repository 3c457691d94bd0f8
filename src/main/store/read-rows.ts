import type SqliteDatabase from 'better-sqlite3'
import type { Compilable } from 'kysely'

/** Texts that vary with their input, by the length of a list, are many: those asked for least recently go. */
const STATEMENTS_KEPT = 200

type AnyStatement = SqliteDatabase.Statement<unknown[], unknown>

const keptStatements = new WeakMap<SqliteDatabase.Database, Map<string, AnyStatement>>()

/** All rows of a query. Its statement is prepared once for each connection, and kept for the next time. */
export function readRows<Row>(sqlite: SqliteDatabase.Database, query: Compilable): Row[] {
  const { sql, parameters } = query.compile()
  return statementOf(sqlite, sql).all(...parameters) as Row[]
}

function statementOf(sqlite: SqliteDatabase.Database, sql: string): AnyStatement {
  const kept = keptStatements.get(sqlite) ?? new Map<string, AnyStatement>()
  keptStatements.set(sqlite, kept)
  const statement = kept.get(sql) ?? sqlite.prepare<unknown[]>(sql)
  // A map keeps the order in which its keys were set: the first is the one asked for least recently.
  kept.delete(sql)
  kept.set(sql, statement)
  const [oldest] = kept.keys()
  if (kept.size > STATEMENTS_KEPT && oldest !== undefined) kept.delete(oldest)
  return statement
}
