import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What is known of calls that were deleted because of their age, and of what deleted them. */
export const retention: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('frozen_day')
      .addColumn('day_start', 'integer', (column) => column.primaryKey())
      .addColumn('gone', 'integer', (column) => column.notNull())
      .addColumn('gone_calls', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('gone_request')
      .addColumn('day_start', 'integer', (column) => column.notNull())
      .addColumn('digest', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('gone_request_pk', ['day_start', 'digest'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    await db.schema
      .createTable('kept_day')
      .addColumn('day_start', 'integer', (column) => column.primaryKey())
      .addColumn('until', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('retention_mark')
      .addColumn('day_start', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('retention_mark_pk', ['day_start', 'kind', 'scope'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    await db.schema
      .createTable('retention_run')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('ended_at', 'integer')
      .addColumn('result', 'text', (column) => column.notNull())
      .addColumn('pending_archive', 'text')
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .alterTable('rollup_state')
      .addColumn('kept_up_to', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createIndex('alert_delivery_created')
      .on('alert_delivery')
      .columns(['created_at', 'id'])
      .execute()
  },
}
