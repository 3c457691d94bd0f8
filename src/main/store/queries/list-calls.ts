import type { Kysely, Selectable } from 'kysely'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Schema } from '../schema.ts'

export interface CallListRequest {
  /** epoch ms; calls that started at or after it */
  from?: number | undefined
  /** epoch ms; calls that started before it */
  to?: number | undefined
  /** Labels are '' for calls that have none. */
  app?: string | undefined
  appType?: string | undefined
  provider?: string | undefined
  /** The model that answered, else the one that was asked for. */
  model?: string | undefined
  environment?: string | undefined
  userId?: string | undefined
  sessionId?: string | undefined
  status?: 'ok' | 'error' | undefined
  errorType?: string | undefined
  minDurationMs?: number | undefined
  maxDurationMs?: number | undefined
  /** A part of the prompt, the response or the error message. */
  q?: string | undefined
  limit: number
  /** Where the page before ended. */
  after?: CallPlace | undefined
}

export interface CallPage {
  items: AppLogItem[]
  /** Where this page ended; null: there is nothing behind it. */
  end: CallPlace | null
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
  'usage_source',
  'cost_nanos',
  'cost_source',
] as const

/**
 * Calls by start, newest first, those that started together by arrival. Looks through a bounded number of calls, however
 * few of them are what is asked for: a page may be short, even empty, and not the last.
 *
 * @param scanLimit how many calls are looked through.
 */
export async function listCalls(
  db: Kysely<Schema>,
  request: CallListRequest,
  scanLimit: number = LIMITS.callsScannedPerPage,
): Promise<CallPage> {
  const { limit, app, appType, provider, model, environment, minDurationMs, maxDurationMs, q } = request
  const labels = { app, app_type: appType, provider, model, environment } as const
  const { userId, sessionId, status, errorType } = request
  const exact = { user_id: userId, session_id: sessionId, status, error_type: errorType } as const
  const isFiltered = [
    ...Object.values(labels),
    ...Object.values(exact),
    minDurationMs,
    maxDurationMs,
    q,
  ].some((wanted) => wanted !== undefined)
  const depth = isFiltered ? scanLimit : limit + 1
  let query = db
    .selectFrom(scan(db, request).limit(depth).as('app_log'))
    .select(ITEM_COLUMNS.map((column) => `app_log.${column}` as const))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
  for (const label of LABELS_LISTED) {
    const wanted = labels[label]
    if (wanted === undefined) continue
    query = query.where((eb) => {
      const value =
        label === 'model'
          ? eb.fn.coalesce(label, 'request_model', eb.val(''))
          : eb.fn.coalesce(label, eb.val(''))
      return eb(value, '=', wanted)
    })
  }
  for (const column of ['user_id', 'session_id', 'status', 'error_type'] as const) {
    const wanted = exact[column]
    if (wanted !== undefined) query = query.where(column, '=', wanted)
  }
  if (minDurationMs !== undefined) query = query.where('duration_us', '>=', minDurationMs * 1000)
  if (maxDurationMs !== undefined) query = query.where('duration_us', '<=', maxDurationMs * 1000)
  if (q !== undefined) {
    query = query
      // By its primary key.
      .innerJoin('app_log_body', 'app_log_body.app_log_id', 'app_log.id')
      // Unlike LIKE, instr has no wildcards and does not end at a NUL.
      .where((eb) => eb.or(SEARCHED.map((column) => eb(eb.fn<number>('instr', [column, eb.val(q)]), '>', 0))))
  }
  const rows = await query.execute()
  const items = rows.slice(0, limit).map(toItem)
  const last = items.at(-1)
  if (rows.length > limit && last) return { items, end: { startedAt: last.startedAt, id: last.id } }
  const bound = await scan(db, request)
    .clearSelect()
    .select(['started_at as startedAt', 'id'])
    .limit(1)
    .offset(depth - 1)
    .executeTakeFirst()
  return { items, end: bound ?? null }
}

const LABELS_LISTED = ['app', 'app_type', 'provider', 'model', 'environment'] as const

const SEARCHED = ['app_log_body.prompt', 'app_log_body.response', 'app_log_body.error_message'] as const

/** What is looked through, by app_log_started_at, whose entries SQLite orders by (started_at, id). */
function scan(db: Kysely<Schema>, { from, to, after }: CallListRequest) {
  let query = db
    .selectFrom('app_log')
    .select(ITEM_COLUMNS)
    .where('is_step', '=', 0)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
  if (from !== undefined) query = query.where('started_at', '>=', from)
  if (to !== undefined) query = query.where('started_at', '<', to)
  if (after) {
    query = query.where((eb) => eb(eb.refTuple('started_at', 'id'), '<', eb.tuple(after.startedAt, after.id)))
  }
  return query
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
    usageSource: row.usage_source,
    costNanos: row.cost_nanos,
    costSource: row.cost_source,
  }
}
