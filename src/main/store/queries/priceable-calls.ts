import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { CallPlace } from './list-calls.ts'

export interface PriceableRequest {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /** Where the page before ended. */
  after: CallPlace | undefined
  limit: number
}

/** Calls with what their cost depends on, oldest first, by app_log_started_at. */
export async function priceableCalls(db: Kysely<Schema>, { from, to, after, limit }: PriceableRequest) {
  let query = db
    .selectFrom('app_log')
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
  return query.execute()
}
