import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Prices of the user's own, and by which price a call was priced. */
export const costs: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('model_cost_config')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('match', 'text', (column) => column.notNull().check(sql`match in ('exact', 'prefix')`))
      .addColumn('valid_from', 'integer', (column) => column.notNull())
      .addColumn('is_enabled', 'integer', (column) => column.notNull())
      .addColumn('input_per_million', 'real', (column) => column.notNull())
      .addColumn('output_per_million', 'real', (column) => column.notNull())
      .addColumn('cached_input_per_million', 'real')
      .addColumn('cache_write_per_million', 'real')
      .addColumn('reasoning_per_million', 'real')
      .addColumn('tiers', 'text', (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('notes', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('catalogue_price_off')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .modifyEnd(sql`strict`)
      .execute()
    // Ids are long, and repeat with every call: calls hold a number instead.
    await db.schema
      .createTable('cost_config_ref')
      .addColumn('key', 'integer', (column) => column.primaryKey())
      .addColumn('config_id', 'text', (column) => column.notNull().unique())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema.alterTable('app_log').addColumn('cost_config_key', 'integer').execute()
  },
}
