import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Who works on feedback, and which of it was written by hand in the console. */
export const feedbackTriage: Migration = {
  async up(db: Kysely<never>) {
    await db.schema.alterTable('feedback').addColumn('assignee', 'text').execute()
    await db.schema
      .alterTable('feedback')
      .addColumn('is_own', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createIndex('feedback_assignee')
      .on('feedback')
      .columns(['assignee', 'created_at'])
      .where(sql.ref('assignee'), 'is not', null)
      .execute()
    await db.schema
      .createTable('reviewer')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('used_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict, without rowid`)
      .execute()
  },
}
