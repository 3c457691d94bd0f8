import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Steps of a trace beside its calls, events that came apart from their spans, and what had to be put right. */
export const traces: Migration = {
  async up(db: Kysely<never>) {
    await db.schema.alterTable('app_log').addColumn('name', 'text').execute()
    await db.schema.alterTable('app_log').addColumn('reported_started_at', 'integer').execute()
    await db.schema.alterTable('app_log').addColumn('flags', 'text').execute()
    for (const length of ['prompt_length', 'response_length']) {
      await db.schema.alterTable('app_log_body').addColumn(length, 'integer').execute()
    }
    for (const flag of ['is_step', 'has_usage_below']) {
      await db.schema
        .alterTable('app_log')
        .addColumn(flag, 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
    }
    await db.schema
      .createIndex('app_log_trace')
      .on('app_log')
      .columns(['trace_id', 'parent_span_id'])
      .where(sql.ref('trace_id'), 'is not', null)
      .execute()

    await db.schema
      .createTable('span_event')
      .addColumn('trace_id', 'text', (column) => column.notNull())
      .addColumn('span_id', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('time_ns', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('attributes', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('span_event_pk', ['trace_id', 'span_id', 'digest'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
  },
}
