import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Stores a setting's value as JSON, in place of the one before. */
export async function writeSetting(
  db: Kysely<Schema>,
  setting: { name: string; value: unknown },
): Promise<void> {
  const value = JSON.stringify(setting.value)
  await db
    .insertInto('setting')
    .values({ name: setting.name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}
