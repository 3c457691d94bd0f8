import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { ConsoleError } from '#shared/errors.ts'
import { calls } from './0001-calls.ts'

/** In the order of their numbers. A migration that has been released is never edited. */
const MIGRATIONS = { '0001-calls': calls }

/** The schema this version of the console writes. */
export const SCHEMA_VERSION = Object.keys(MIGRATIONS).at(-1) ?? ''

/**
 * Brings a database to the newest schema, all or nothing.
 *
 * @throws ConsoleError `store-newer` if a newer console has written it.
 */
export async function migrateToLatest<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  await refuseNewerSchema(migrator)
  const { error } = await migrator.migrateToLatest()
  if (error)
    throw error instanceof Error
      ? error
      : new Error('the schema could not be brought up to date', { cause: error })
}

async function refuseNewerSchema(migrator: Migrator): Promise<void> {
  try {
    await migrator.getMigrations()
  } catch (error) {
    throw new ConsoleError(
      'store-newer',
      'These data were written by a newer version of LLMOps Console. Install that version, or choose another data folder.',
      { cause: error },
    )
  }
}
