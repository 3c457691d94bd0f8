import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Calls, their bodies, hourly rollups, settings. */
export const calls: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('app_log')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('request_id', 'text', (column) => column.notNull().unique())
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
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema.createIndex('app_log_started_at').on('app_log').column('started_at').execute()

    await db.schema
      .createTable('app_log_body')
      .addColumn('app_log_id', 'integer', (column) =>
        column.primaryKey().references('app_log.id').onDelete('cascade'),
      )
      .addColumn('error_message', 'text')
      .addColumn('prompt', 'text')
      .addColumn('prompt_format', 'text')
      .addColumn('response', 'text')
      .addColumn('response_format', 'text')
      .addColumn('tags', 'text')
      .addColumn('attributes', 'text')
      .addColumn('reported_cost_amount', 'real')
      .addColumn('reported_cost_currency', 'text')
      .modifyEnd(sql`strict`)
      .execute()

    await db.schema
      .createTable('label_set')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('app', 'text', (column) => column.notNull())
      .addColumn('app_type', 'text', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addUniqueConstraint('label_set_unique', ['app', 'app_type', 'provider', 'model', 'environment'])
      .modifyEnd(sql`strict`)
      .execute()

    let rollup = db.schema
      .createTable('call_rollup_hour')
      .addColumn('hour_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull().references('label_set.id'))
    for (const sum of ROLLUP_SUMS) rollup = rollup.addColumn(sum, 'integer', (column) => column.notNull())
    await rollup
      .addColumn('duration_histogram', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('call_rollup_hour_pk', ['hour_start', 'label_set_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()

    await db.schema
      .createTable('setting')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
  },
}

// Spelled out here, not imported: a migration must not change when the code that follows it does.
const ROLLUP_SUMS = [
  'requests',
  'errors',
  'unpriced_requests',
  'finished_requests',
  'duration_us',
  'ttft_requests',
  'ttft_us',
  'generation_us',
  'generated_tokens',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'total_tokens',
  'cost_nanos',
] as const
