import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Where the calls of a label set are, day by day: a page of a list finds its calls however few they are. The tables that
 * follow the calls are emptied and fill again by themselves.
 */
export const labelCalls: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('label_call')
      .addColumn('day_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('app_log_id', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('label_call_pk', ['day_start', 'label_set_id', 'started_at', 'app_log_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    for (const table of ['user', 'session', 'presence', 'top_call', 'user_call', 'user_rollup_day']) {
      await sql`delete from ${sql.table(table)}`.execute(db)
    }
    // Those of a label alone.
    await sql`delete from call_rollup where level > 5`.execute(db)
    await sql`update rollup_state set followed_up_to = 0`.execute(db)
  },
}
