import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Where the recording proxy leads beside the built-in upstreams, or in their place. */
export const upstreams: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('upstream')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('base_url', 'text', (column) => column.notNull())
      .addColumn('flavour', 'text', (column) =>
        column.notNull().check(sql`flavour in ('openai', 'anthropic', 'ollama')`),
      )
      .modifyEnd(sql`strict`)
      .execute()
  },
}
