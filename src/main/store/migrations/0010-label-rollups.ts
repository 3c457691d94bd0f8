import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Calls are counted by each label alone, too. The tables that follow the calls are emptied and fill again by themselves.
 */
export const labelRollups: Migration = {
  async up(db: Kysely<never>) {
    for (const table of ['user', 'session', 'presence', 'top_call', 'user_call', 'user_rollup_day']) {
      await sql`delete from ${sql.table(table)}`.execute(db)
    }
    await sql`update rollup_state set followed_up_to = 0`.execute(db)
  },
}
