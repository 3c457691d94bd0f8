import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Names of sessions have two tables of their own: one of recent names, which is small, and one of all others. With the
 * unique index of before each new session wrote another page of it, and the more sessions there were, the longer it
 * took.
 */
export const sessionNames: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('session_anew')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('calls', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await sql`insert into session_anew select id, name, calls from session order by id`.execute(db)
    for (const table of ['session_name', 'recent_session_name']) {
      await db.schema
        .createTable(table)
        .addColumn('name', 'text', (column) => column.primaryKey().notNull())
        .addColumn('id', 'integer', (column) => column.notNull())
        .modifyEnd(sql`strict, without rowid`)
        .execute()
    }
    // By the index of before, which has them in order.
    await sql`insert into session_name select name, id from session order by name`.execute(db)
    await db.schema.dropTable('session').execute()
    await db.schema.alterTable('session_anew').renameTo('session').execute()
  },
}
