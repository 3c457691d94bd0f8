import { sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration'
import { ConsoleError } from '#shared/errors.ts'
import type { OpenDatabase } from '../database.ts'
import { calls } from './0001-calls.ts'
import { traces } from './0002-traces.ts'
import { upstreams } from './0003-upstreams.ts'
import { statistics } from './0004-statistics.ts'
import { costs } from './0005-costs.ts'
import { feedback } from './0006-feedback.ts'
import { sessions } from './0007-sessions.ts'
import { budgets } from './0008-budgets.ts'
import { alerts } from './0009-alerts.ts'
import { labelRollups } from './0010-label-rollups.ts'
import { labelCalls } from './0011-label-calls.ts'
import { requestRefs } from './0012-request-refs.ts'
import { search } from './0013-search.ts'
import { privacy } from './0014-privacy.ts'
import { retention } from './0015-retention.ts'
import { feedbackTriage } from './0018-feedback-triage.ts'
import { sessionNames } from './0019-session-names.ts'

/** In the order of their numbers. A migration that has been released is never edited. */
const MIGRATIONS = {
  '0001-calls': calls,
  '0002-traces': traces,
  '0003-upstreams': upstreams,
  '0004-statistics': statistics,
  '0005-costs': costs,
  '0006-feedback': feedback,
  '0007-sessions': sessions,
  '0008-budgets': budgets,
  '0009-alerts': alerts,
  '0010-label-rollups': labelRollups,
  '0011-label-calls': labelCalls,
  '0012-request-refs': requestRefs,
  '0013-search': search,
  '0014-privacy': privacy,
  '0015-retention': retention,
  '0018-feedback-triage': feedbackTriage,
  '0019-session-names': sessionNames,
}

/** The schema this version of the console writes. */
export const SCHEMA_VERSION = Object.keys(MIGRATIONS).at(-1) ?? ''

/** Whether this version of the console knows what a migration did. */
export function isKnownMigration(name: string): boolean {
  return Object.hasOwn(MIGRATIONS, name)
}

/**
 * Brings a database to the newest schema, all or nothing.
 *
 * @throws ConsoleError `store-newer` if a newer console has written it.
 */
export async function migrateToLatest({ sqlite, kysely }: OpenDatabase): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } })
  // A table that others refer to can be made anew only while nobody looks: https://sqlite.org/lang_altertable.html#otheralter
  sqlite.pragma('foreign_keys = OFF')
  // Kysely takes no transaction for SQLite. This one, on the only connection, encloses all that the migrator does.
  sqlite.exec('begin immediate')
  try {
    await refuseNewerSchema(kysely)
    const { error } = await migrator.migrateToLatest()
    if (error)
      throw error instanceof Error
        ? error
        : new Error('the schema could not be brought up to date', { cause: error })
    sqlite.exec('commit')
  } catch (error) {
    // A full disk has rolled it back already.
    if (sqlite.inTransaction) sqlite.exec('rollback')
    throw error
  } finally {
    sqlite.pragma('foreign_keys = ON')
  }
}

async function refuseNewerSchema(db: OpenDatabase['kysely']): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return
  const names = sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`
  const { rows } = await names.execute(db)
  if (rows.every((row) => isKnownMigration(row.name))) return
  throw new ConsoleError(
    'store-newer',
    'These data were written by a newer version of LLMOps Console. Install that version, or choose another data folder.',
  )
}
