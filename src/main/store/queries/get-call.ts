import type { AppLog } from '#shared/contract/app-logs.ts'
import type { OpenDatabase } from '../database.ts'
import { RequestIdLookup } from '../request-ids.ts'
import { storedFields, storedTexts } from '../stored-json.ts'
import { toItem } from './list-calls.ts'

/** A call without what other tables, and prices, know of it. */
export type StoredAppLog = Omit<AppLog, 'trace' | 'feedback' | 'computedCostNanos' | 'costBreakdown'>

/** @returns the call with its bodies, or undefined if no call has this request id. */
export async function getCall(
  { kysely, sqlite }: OpenDatabase,
  request: { requestId: string },
): Promise<StoredAppLog | undefined> {
  const id = new RequestIdLookup(sqlite, kysely).find(request.requestId)
  if (id === undefined) return undefined
  // By the primary keys.
  const row = await kysely
    .selectFrom('app_log')
    .leftJoin('app_log_body', 'app_log_body.app_log_id', 'app_log.id')
    .leftJoin('cost_config_ref', 'cost_config_ref.key', 'app_log.cost_config_key')
    .selectAll()
    .where('app_log.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const { reported_cost_amount: amount, reported_cost_currency: currency } = row
  return {
    ...toItem(row),
    cachedInputTokens: row.cached_input_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    reasoningTokens: row.reasoning_tokens,
    costConfigId: row.config_id,
    reportedCost: amount === null || currency === null ? null : { amount, currency },
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    name: row.name,
    isStep: row.is_step === 1,
    reportedStartedAt: row.reported_started_at,
    flags: row.flags === null ? [] : storedTexts(row.flags),
    promptLength: row.prompt_length,
    responseLength: row.response_length,
    arrivedAt: row.arrived_at,
    errorMessage: row.error_message,
    tags: row.tags === null ? [] : storedTexts(row.tags),
    attributes: row.attributes === null ? {} : storedFields(row.attributes),
    prompt: readBody(row.prompt, row.prompt_format),
    response: readBody(row.response, row.response_format),
  }
}

function readBody(text: string | null, format: 'text' | 'json' | null): unknown {
  return text !== null && format === 'json' ? JSON.parse(text) : text
}
