import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Schema } from '../schema.ts'

/**
 * Every name of a user, or of who works on feedback, that is kept outside the calls themselves. Names of steps alone are in
 * no table: they are met where the calls are gone through.
 */
export async function namedUsers(db: Kysely<Schema>): Promise<string[]> {
  // By the indexes on the names: each is read once, not once for every row that has it.
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table('user')}
    union select name from ${sql.table('reviewer')}
    union select distinct user_id from ${sql.table('feedback')} where user_id is not null
    union select distinct call_user_id from ${sql.table('feedback')} where call_user_id is not null
    union select distinct assignee from ${sql.table('feedback')} where assignee is not null
    union select distinct json_each.value from ${sql.table('alert_record')}, json_each(alert_record.labels)
      where json_each.type = 'text'`.execute(db)
  return rows.map(({ name }) => name)
}
