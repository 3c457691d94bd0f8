import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Which users and sessions were there in each hour and day, and which calls were the slowest and the most expensive. The
 * tables that follow the calls are emptied and fill again by themselves.
 */
export const sessions: Migration = {
  async up(db: Kysely<never>) {
    await db.schema.dropTable('user').execute()
    for (const table of ['user', 'session']) {
      await db.schema
        .createTable(table)
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull().unique())
        .addColumn('calls', 'integer', (column) => column.notNull())
        .modifyEnd(sql`strict`)
        .execute()
    }
    await db.schema
      .createTable('presence')
      .addColumn('kind', 'integer', (column) => column.notNull())
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('bucket_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
      .addColumn('counts', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('presence_pk', ['kind', 'level', 'bucket_start', 'label_set_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()

    await db.schema
      .createTable('top_call')
      .addColumn('measure', 'integer', (column) => column.notNull())
      .addColumn('level', 'integer', (column) => column.notNull())
      .addColumn('bucket_start', 'integer', (column) => column.notNull())
      .addColumn('label_set_id', 'integer', (column) => column.notNull())
      .addColumn('counted', 'integer', (column) => column.notNull())
      .addColumn('is_short', 'integer', (column) => column.notNull())
      .addColumn('calls', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('top_call_pk', ['measure', 'level', 'bucket_start', 'label_set_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    await db.schema
      .createIndex('top_call_short')
      .on('top_call')
      .columns(['level', 'bucket_start'])
      .where(sql.ref('is_short'), '=', sql.lit(1))
      .execute()

    await sql`delete from user_call`.execute(db)
    await sql`delete from user_rollup_day`.execute(db)
    await sql`alter table rollup_state rename column users_up_to to followed_up_to`.execute(db)
    await sql`update rollup_state set followed_up_to = 0`.execute(db)
  },
}
