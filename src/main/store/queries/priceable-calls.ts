import type { Kysely } from 'kysely'
import type { NewCall } from '../call.ts'
import type { Schema } from '../schema.ts'
import type { CallPlace } from './call-places.ts'

export interface PriceableRequest {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /** Where the page before ended. */
  after: CallPlace | undefined
  limit: number
}

/** What the cost of a call depends on, and what it is. */
type PriceableCall = Pick<
  NewCall,
  | 'startedAt'
  | 'provider'
  | 'model'
  | 'requestModel'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'costNanos'
  | 'costSource'
  | 'costConfigId'
  | 'reportedCost'
> & { id: number }

/** Calls with what their cost depends on, oldest first, by app_log_started_at; bodies by the primary key. */
export async function priceableCalls(
  db: Kysely<Schema>,
  { from, to, after, limit }: PriceableRequest,
): Promise<PriceableCall[]> {
  let query = db
    .selectFrom('app_log')
    .leftJoin('cost_config_ref', 'cost_config_ref.key', 'app_log.cost_config_key')
    // What was reported lies with the bodies, which are long: it is read only where it does not count yet.
    .leftJoin('app_log_body', (join) =>
      join.onRef('app_log_body.app_log_id', '=', 'app_log.id').on('cost_source', 'is not', 'reported'),
    )
    .select([
      'id',
      'started_at as startedAt',
      'provider',
      'model',
      'request_model as requestModel',
      'input_tokens as inputTokens',
      'output_tokens as outputTokens',
      'cached_input_tokens as cachedInputTokens',
      'cache_write_tokens as cacheWriteTokens',
      'reasoning_tokens as reasoningTokens',
      'cost_nanos as costNanos',
      'cost_source as costSource',
      'config_id as costConfigId',
      'reported_cost_amount as amount',
      'reported_cost_currency as currency',
    ])
    .where('started_at', '>=', after?.startedAt ?? from)
    .where('started_at', '<', to)
    .where('is_step', '=', 0)
    .orderBy('started_at')
    .orderBy('id')
    .limit(limit)
  if (after) {
    query = query.where((eb) => eb(eb.refTuple('started_at', 'id'), '>', eb.tuple(after.startedAt, after.id)))
  }
  const rows = await query.execute()
  return rows.map(({ amount, currency, ...call }) => ({
    ...call,
    reportedCost: amount === null || currency === null ? null : { amount, currency },
  }))
}
