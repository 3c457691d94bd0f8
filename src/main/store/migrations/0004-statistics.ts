import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Rollups of three widths, by error type too, and an index of calls by user. They are made anew from the calls: what
 * the older rollups held is dropped.
 */
export const statistics: Migration = {
  async up(db: Kysely<never>) {
    await db.schema.dropTable('call_rollup_hour').execute()
    await db.schema.dropTable('label_set').execute()

    await db.schema
      .createTable('label_set')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('app', 'text', (column) => column.notNull())
      .addColumn('app_type', 'text', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('environment', 'text', (column) => column.notNull())
      .addColumn('error_type', 'text', (column) => column.notNull())
      .addUniqueConstraint('label_set_unique', [
        'app',
        'app_type',
        'provider',
        'model',
        'environment',
        'error_type',
      ])
      .modifyEnd(sql`strict`)
      .execute()

    let rollup = db.schema
      .createTable('call_rollup')
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('bucket_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
    for (const sum of ROLLUP_SUMS) rollup = rollup.addColumn(sum, 'integer', (column) => column.notNull())
    await rollup
      .addColumn('duration_histogram', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('call_rollup_pk', ['level', 'bucket_start', 'label_set_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()

    await db.schema
      .createTable('user')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('user_call')
      .addColumn('user_key', 'integer', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('app_log_id', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_call_pk', ['user_key', 'started_at', 'app_log_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    let userRollup = db.schema
      .createTable('user_rollup_day')
      .addColumn('day_start', 'integer', (column) => column.notNull())
      .addColumn('user_key', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
    for (const sum of ROLLUP_SUMS)
      userRollup = userRollup.addColumn(sum, 'integer', (column) => column.notNull())
    await userRollup
      .addColumn('duration_histogram', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_rollup_day_pk', ['day_start', 'user_key', 'label_set_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()

    await db.schema
      .createTable('rollup_state')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('users_up_to', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    // Version 0: not made yet.
    await sql`insert into rollup_state values (1, 0, 0)`.execute(db)
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
