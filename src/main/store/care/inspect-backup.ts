import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { Kysely, SqliteDialect } from 'kysely'
import type { DatabaseOptions } from '../database.ts'
import { binding } from '../database.ts'
import { isKnownMigration } from '../migrations/index.ts'
import { DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'

/** What a file says of itself that may be a backup. */
export type InspectedBackup =
  { problem: null; calls: number; newestCallAt: number | null } | { problem: 'damaged' | 'newer-schema' }

/**
 * Looks into a backup without changing it.
 *
 * @param isThorough whether every page is read and held against the indexes, not only what is at the beginning.
 */
export async function inspectBackup(
  options: DatabaseOptions,
  { isThorough }: { isThorough: boolean },
): Promise<InspectedBackup> {
  let sqlite: SqliteDatabase.Database | undefined
  try {
    sqlite = new SqliteDatabase(options.file, { ...binding(options), readonly: true, fileMustExist: true })
    const kysely = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) })
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely)
    if (rows.length === 0) return { problem: 'damaged' }
    if (!rows.every(({ name }) => isKnownMigration(name))) return { problem: 'newer-schema' }
    if (isThorough && sqlite.pragma('integrity_check(1)', { simple: true }) !== 'ok')
      return { problem: 'damaged' }
    // By the primary key of the rollup.
    const { calls } = await kysely
      .selectFrom('call_rollup')
      .select((row) => row.fn.sum<number | null>('requests').as('calls'))
      .where('level', '=', levelOf(DAY_MS, 'all'))
      .executeTakeFirstOrThrow()
    // By app_log_started_at.
    const { newest } = await kysely
      .selectFrom('app_log')
      .select((row) => row.fn.max<number | null>('started_at').as('newest'))
      .executeTakeFirstOrThrow()
    return { problem: null, calls: calls ?? 0, newestCallAt: newest }
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError) return { problem: 'damaged' }
    throw error
  } finally {
    sqlite?.close()
  }
}
