import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Users and calls that are to stay forgotten, by a keyed hash: archives may hold them still. */
export const privacy: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('forgotten')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('forgotten_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict, without rowid`)
      .execute()
  },
}
