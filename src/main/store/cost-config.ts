import type { Kysely } from 'kysely'
import type { CostConfig } from '#shared/contract/cost-configs.ts'
import type { Schema } from './schema.ts'

/** A price of the user's own. */
export type StoredCostConfig = Omit<
  CostConfig,
  'match' | 'validUntil' | 'source' | 'sourceUrl' | 'sourceDate' | 'hasPricedCalls'
> & { match: 'exact' | 'prefix' }

/** What becomes of a price: it is stored in place of the one before, or, with null, removed. */
export type CostConfigChange =
  | { id: string; config: StoredCostConfig | null }
  /** Of the catalogue: only whether it is used can be changed. */
  | { id: string; isOff: boolean }

export async function writeCostConfig(db: Kysely<Schema>, change: CostConfigChange): Promise<void> {
  const { id } = change
  if ('isOff' in change) {
    if (change.isOff) {
      const insert = db.insertInto('catalogue_price_off').values({ id })
      await insert.onConflict((conflict) => conflict.doNothing()).execute()
    } else await db.deleteFrom('catalogue_price_off').where('id', '=', id).execute()
    return
  }
  if (change.config === null) {
    await db.deleteFrom('model_cost_config').where('id', '=', id).execute()
    return
  }
  const { provider, model, match, validFrom, isEnabled, ...rest } = change.config
  const columns = {
    provider,
    model,
    match,
    valid_from: validFrom,
    is_enabled: isEnabled ? 1 : 0,
    input_per_million: rest.inputPerMillion,
    output_per_million: rest.outputPerMillion,
    cached_input_per_million: rest.cachedInputPerMillion,
    cache_write_per_million: rest.cacheWritePerMillion,
    reasoning_per_million: rest.reasoningPerMillion,
    tiers: JSON.stringify(rest.tiers),
    currency: rest.currency,
    notes: rest.notes,
  }
  await db
    .insertInto('model_cost_config')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute()
}

/** The user's prices, which of the catalogue's are switched off, and which have priced calls. The tables are small. */
export interface StoredCosts {
  configs: StoredCostConfig[]
  offIds: string[]
  usedIds: string[]
}

export async function readCosts(db: Kysely<Schema>): Promise<StoredCosts> {
  const rows = await db.selectFrom('model_cost_config').selectAll().orderBy('id').execute()
  const off = await db.selectFrom('catalogue_price_off').select('id').execute()
  const used = await db.selectFrom('cost_config_ref').select('config_id').execute()
  return {
    configs: rows.map((row) => ({
      id: row.id,
      provider: row.provider,
      model: row.model,
      match: row.match,
      inputPerMillion: row.input_per_million,
      outputPerMillion: row.output_per_million,
      cachedInputPerMillion: row.cached_input_per_million,
      cacheWritePerMillion: row.cache_write_per_million,
      reasoningPerMillion: row.reasoning_per_million,
      // What `writeCostConfig` wrote.
      tiers: JSON.parse(row.tiers) as StoredCostConfig['tiers'],
      currency: row.currency,
      validFrom: row.valid_from,
      isEnabled: row.is_enabled === 1,
      notes: row.notes,
    })),
    offIds: off.map(({ id }) => id),
    usedIds: used.map(({ config_id: id }) => id),
  }
}
