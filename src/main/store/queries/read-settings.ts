import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** @returns the values of all settings that were ever chosen, by name. */
export async function readSettings(db: Kysely<Schema>): Promise<Map<string, unknown>> {
  const rows = await db.selectFrom('setting').selectAll().execute()
  return new Map(rows.map((row) => [row.name, JSON.parse(row.value)]))
}
