import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Finds calls by their request id, and the calls of a user, in tables where calls that come together lie together. The
 * index of before spread ids, which have no order, over all of its pages: each call wrote one of them, and the more
 * calls there were, the longer it took.
 *
 * Request ids fill the new table when it is opened; the tables that follow the calls are emptied and fill again by
 * themselves. Foreign keys are not looked after meanwhile: `app_log` is made anew without its unique ids.
 */
export const requestRefs: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('request_ref')
      .addColumn('partition', 'integer', (column) => column.notNull())
      .addColumn('hash', 'integer', (column) => column.notNull())
      .addColumn('app_log_id', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('request_ref_pk', ['partition', 'hash', 'app_log_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    await db.schema
      .createTable('request_filter')
      .addColumn('slab', 'integer', (column) => column.primaryKey())
      .addColumn('partitions', 'integer', (column) => column.notNull())
      .addColumn('bits', 'blob', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()

    await createCalls(db)
    await sql`insert into app_log_anew select * from app_log`.execute(db)
    await db.schema.dropTable('app_log').execute()
    await db.schema.alterTable('app_log_anew').renameTo('app_log').execute()
    await db.schema.createIndex('app_log_started_at').on('app_log').column('started_at').execute()
    await db.schema
      .createIndex('app_log_trace')
      .on('app_log')
      .columns(['trace_id', 'parent_span_id'])
      .where(sql.ref('trace_id'), 'is not', null)
      .execute()

    await db.schema.dropTable('user_call').execute()
    await db.schema
      .createTable('user_call')
      .addColumn('day_start', 'integer', (column) => column.notNull())
      .addColumn('user_key', 'integer', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('app_log_id', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_call_pk', ['day_start', 'user_key', 'started_at', 'app_log_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    for (const table of ['user', 'session', 'presence', 'top_call', 'user_rollup_day', 'label_call']) {
      await sql`delete from ${sql.table(table)}`.execute(db)
    }
    // Those of a label alone.
    await sql`delete from call_rollup where level > 5`.execute(db)
    await sql`update rollup_state set followed_up_to = 0`.execute(db)
  },
}

/** With the columns in the order that they have come to be in. */
function createCalls(db: Kysely<never>): Promise<void> {
  return db.schema
    .createTable('app_log_anew')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('app_type', 'text')
    .addColumn('environment', 'text')
    .addColumn('user_id', 'text')
    .addColumn('session_id', 'text')
    .addColumn('provider', 'text')
    .addColumn('request_model', 'text')
    .addColumn('model', 'text')
    .addColumn('operation', 'text')
    .addColumn('status', 'text', (column) => column.notNull().check(sql`status in ('ok', 'error')`))
    .addColumn('error_type', 'text')
    .addColumn('started_at', 'integer', (column) => column.notNull())
    .addColumn('arrived_at', 'integer', (column) => column.notNull())
    .addColumn('duration_us', 'integer')
    .addColumn('ttft_us', 'integer')
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cached_input_tokens', 'integer')
    .addColumn('cache_write_tokens', 'integer')
    .addColumn('reasoning_tokens', 'integer')
    .addColumn('total_tokens', 'integer')
    .addColumn('usage_source', 'text')
    .addColumn('cost_nanos', 'integer')
    .addColumn('cost_source', 'text')
    .addColumn('trace_id', 'text')
    .addColumn('span_id', 'text')
    .addColumn('parent_span_id', 'text')
    .addColumn('name', 'text')
    .addColumn('reported_started_at', 'integer')
    .addColumn('flags', 'text')
    .addColumn('is_step', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('has_usage_below', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('cost_config_key', 'integer')
    .modifyEnd(sql`strict`)
    .execute()
}
