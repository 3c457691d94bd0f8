import { createReadStream } from 'node:fs'
import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'

/** What SQLite says is wrong; more would say no more. */
const PROBLEMS_MAX = 20

const READ_BYTES = 1024 * 1024

/**
 * Checks the structure of the database, a table at a time, so that a check that is ended ends soon.
 *
 * SQLite cannot be stopped within a table, which it reads in any order, and a thread that reads cannot be ended: of a cold
 * disk that may take minutes. So the file is read first, from its beginning to its end, and the system has it at hand.
 *
 * @returns what is wrong; none: it is whole.
 */
export async function checkDatabase(
  { kysely, sqlite }: OpenDatabase,
  report: (progress: { done: number; total: number }) => Promise<void>,
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`.execute(
    kysely,
  )
  for await (const _piece of createReadStream(sqlite.name, { highWaterMark: READ_BYTES }));
  const problems: string[] = []
  for (const [index, { name }] of rows.entries()) {
    const quoted = name.replaceAll("'", "''")
    const found = sqlite.pragma(`quick_check('${quoted}')`) as { quick_check: string }[]
    problems.push(...found.map((row) => row.quick_check).filter((text) => text !== 'ok'))
    if (problems.length >= PROBLEMS_MAX) break
    await report({ done: index + 1, total: rows.length })
  }
  return problems.slice(0, PROBLEMS_MAX)
}
