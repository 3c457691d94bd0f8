import type { Kysely, Selectable } from 'kysely'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { Schema } from '../schema.ts'

export interface CallListRequest {
  /** epoch ms; calls that started at or after it */
  from?: number | undefined
  /** epoch ms; calls that started before it */
  to?: number | undefined
  limit: number
  /** Where the page before ended: the place of its last call. */
  after?: CallPlace | undefined
}

/** A call's place in the order newest first. */
export interface CallPlace {
  startedAt: number
  id: number
}

/** The columns that a list shows. */
export const ITEM_COLUMNS = [
  'id',
  'request_id',
  'source',
  'app',
  'app_type',
  'environment',
  'user_id',
  'session_id',
  'provider',
  'request_model',
  'model',
  'operation',
  'status',
  'error_type',
  'started_at',
  'duration_us',
  'ttft_us',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cost_nanos',
] as const

/** @returns calls by start, newest first, those that started together by arrival. */
export async function listCalls(db: Kysely<Schema>, request: CallListRequest): Promise<AppLogItem[]> {
  // By app_log_started_at, whose entries SQLite orders by (started_at, id).
  let query = db
    .selectFrom('app_log')
    .select(ITEM_COLUMNS)
    .where('is_step', '=', 0)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit)
  const { from, to, after } = request
  if (from !== undefined) query = query.where('started_at', '>=', from)
  if (to !== undefined) query = query.where('started_at', '<', to)
  if (after) {
    query = query.where((eb) => eb(eb.refTuple('started_at', 'id'), '<', eb.tuple(after.startedAt, after.id)))
  }
  const rows = await query.execute()
  return rows.map(toItem)
}

type ItemRow = Pick<Selectable<Schema['app_log']>, (typeof ITEM_COLUMNS)[number]>

/** Turns a row into what the contract shows: milliseconds instead of microseconds. */
export function toItem(row: ItemRow): AppLogItem {
  return {
    id: row.id,
    requestId: row.request_id,
    source: row.source,
    app: row.app,
    appType: row.app_type,
    environment: row.environment,
    userId: row.user_id,
    sessionId: row.session_id,
    provider: row.provider,
    requestModel: row.request_model,
    model: row.model,
    operation: row.operation,
    status: row.status,
    errorType: row.error_type,
    startedAt: row.started_at,
    durationMs: row.duration_us === null ? null : row.duration_us / 1000,
    ttftMs: row.ttft_us === null ? null : row.ttft_us / 1000,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    costNanos: row.cost_nanos,
  }
}
