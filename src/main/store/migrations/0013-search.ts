import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The index of what prompts, responses and error messages hold. Calls of before are taken in little by little. */
export const search: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('text_segment')
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('min_started_at', 'integer')
      .addColumn('max_started_at', 'integer')
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('built_revision', 'integer')
      .addColumn('unselective', 'blob')
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('text_posting')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('postings', 'blob', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('text_index_state')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('revision', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await sql`insert into text_index_state (id, revision) values (1, 0)`.execute(db)
  },
}
