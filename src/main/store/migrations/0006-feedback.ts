import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What people and programs think of calls, and its counts by time bucket and labels of the calls. */
export const feedback: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('feedback')
      .addColumn('seq', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('request_id', 'text', (column) => column.notNull())
      .addColumn('app_log_id', 'integer', (column) => column.references('app_log.id').onDelete('set null'))
      .addColumn('rating', 'integer', (column) => column.notNull().check(sql`rating between 1 and 5`))
      .addColumn('comment', 'text')
      .addColumn('type', 'text')
      .addColumn('tags', 'text')
      .addColumn('user_id', 'text')
      .addColumn('source', 'text')
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull().check(sql`state in ('open', 'resolved')`))
      .addColumn('resolved_at', 'integer')
      .addColumn('note', 'text')
      .addColumn('filed_at', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer')
      .addColumn('call_user_id', 'text')
      .modifyEnd(sql`strict`)
      .execute()
    const index = (name: string, columns: string[]) =>
      db.schema.createIndex(`feedback_${name}`).on('feedback').columns(columns)
    await index('created_at', ['created_at']).execute()
    await index('state', ['state', 'created_at']).execute()
    await index('request', ['request_id', 'created_at']).execute()
    await index('user', ['user_id', 'created_at']).where(sql.ref('user_id'), 'is not', null).execute()
    await index('call', ['app_log_id', 'created_at']).where(sql.ref('app_log_id'), 'is not', null).execute()
    // Of calls that have not come.
    await index('waiting', ['request_id']).where(sql.ref('label_set_id'), 'is', null).execute()
    // Statistics need no more than these hold.
    await index('filed_at', ['filed_at', 'label_set_id', 'call_user_id', 'rating', 'state']).execute()
    await index('call_user', ['call_user_id', 'filed_at', 'label_set_id', 'rating', 'state'])
      .where(sql.ref('call_user_id'), 'is not', null)
      .execute()

    let rollup = db.schema
      .createTable('feedback_rollup')
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('bucket_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
      .addColumn('call_user_id', 'text', (column) => column.notNull())
    for (const count of COUNTS) rollup = rollup.addColumn(count, 'integer', (column) => column.notNull())
    await rollup
      .addPrimaryKeyConstraint('feedback_rollup_pk', [
        'level',
        'bucket_start',
        'label_set_id',
        'call_user_id',
      ])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
  },
}

// Spelled out here, not imported: a migration must not change when the code that follows it does.
const COUNTS = ['rating_1', 'rating_2', 'rating_3', 'rating_4', 'rating_5', 'resolved'] as const
