import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What may be spent in each day, week or month, on which calls. */
export const budgets: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('budget')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('app', 'text')
      .addColumn('model', 'text')
      .addColumn('user_id', 'text')
      .addColumn('period', 'text', (column) =>
        column.notNull().check(sql`period in ('day', 'week', 'month')`),
      )
      .addColumn('amount', 'real', (column) => column.notNull())
      .addColumn('is_enabled', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
  },
}
