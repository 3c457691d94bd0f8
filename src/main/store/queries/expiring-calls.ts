import type { Kysely, SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { ExpiringCall } from '../retention/expire-calls.ts'
import { readRows } from '../read-rows.ts'
import { bucketStart, DAY_MS } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { OpenDatabase } from '../database.ts'
import type { CallPlace } from './call-places.ts'
import type { ExpiryKind, ExpiryScope } from './expiry-scope.ts'
import { nameOfScope } from './expiry-scope.ts'

export interface ExpiringDaysRequest {
  kind: ExpiryKind
  scope: ExpiryScope
  /** Where a day begins (UTC), epoch ms: days before it. */
  before: number
  /** epoch ms; days that were restored are left alone until then. */
  now: number
  /** Also days that were gone through: what their scope left is to go, too. */
  ignoresMarks: boolean
  limit: number
}

/** The oldest days (UTC) before a time that may hold something to delete, as one look-up in an index for each. */
export function expiringDays({ kysely, sqlite }: OpenDatabase, request: ExpiringDaysRequest): number[] {
  const { kind, scope, before, now, ignoresMarks, limit } = request
  // By app_log_started_at.
  const first = kysely
    .selectFrom('app_log')
    .select('started_at')
    .where('started_at', '>=', 0)
    .where('started_at', '<', 0)
    .orderBy('started_at')
    .limit(sql.lit(1))
  const findFirst = sqlite.prepare<[number, number], number>(first.compile().sql).pluck()
  // By the primary keys.
  const isMarked = sqlite
    .prepare<[number, string, string], number>(
      kysely
        .selectFrom('retention_mark')
        .select('day_start')
        .where('day_start', '=', 0)
        .where('kind', '=', 'calls')
        .where('scope', '=', '')
        .compile().sql,
    )
    .pluck()
  const isKept = sqlite
    .prepare<[number, number], number>(
      kysely
        .selectFrom('kept_day')
        .select('day_start')
        .where('day_start', '=', 0)
        .where('until', '>', 0)
        .compile().sql,
    )
    .pluck()
  const days: number[] = []
  for (let from = Number.MIN_SAFE_INTEGER; days.length < limit;) {
    const startedAt = findFirst.get(from, before)
    if (startedAt === undefined) break
    const day = bucketStart(startedAt, DAY_MS)
    const isDone = !ignoresMarks && isMarked.get(day, kind, nameOfScope(scope)) !== undefined
    if (!isDone && isKept.get(day, now) === undefined) days.push(day)
    from = day + DAY_MS
  }
  return days
}

export interface ExpiringCallsRequest {
  dayStart: number
  kind: ExpiryKind
  scope: ExpiryScope
  /** Where the page before ended. */
  after: CallPlace | null
  limit: number
}

/** Calls of a day that are to go, in the order of their start. */
export function expiringCalls(
  { kysely, sqlite }: OpenDatabase,
  request: ExpiringCallsRequest,
): (ExpiringCall & CallPlace)[] {
  const query = expiring(kysely, request)
    .select([
      'app_log.id',
      'app_log.request_id as requestId',
      'app_log.started_at as startedAt',
      'app_log.cost_nanos as costNanos',
      'app_log.is_step as isStep',
    ])
    .select(SPAN_EVENTS.as('events'))
  type Row = Omit<ExpiringCall & CallPlace, 'isStep'> & { isStep: number }
  return readRows<Row>(sqlite, query).map((row) => ({ ...row, isStep: row.isStep === 1 }))
}

// By the primary key.
const SPAN_EVENTS = sql<number>`(select count(*) from span_event where span_event.trace_id = app_log.trace_id and span_event.span_id = app_log.span_id)`

type Expiring = SelectQueryBuilder<Schema, 'app_log' | 'app_log_body', object>

/** By app_log_started_at. */
export function expiring(kysely: Kysely<Schema>, request: ExpiringCallsRequest): Expiring {
  const { dayStart, kind, scope, after, limit } = request
  let query: Expiring = kysely
    .selectFrom('app_log')
    .leftJoin('app_log_body', 'app_log_body.app_log_id', 'app_log.id')
    .where('app_log.started_at', '>=', after?.startedAt ?? dayStart)
    .where('app_log.started_at', '<', dayStart + DAY_MS)
    .orderBy('app_log.started_at')
    .orderBy('app_log.id')
    .limit(limit)
  if (after) {
    query = query.where((eb) =>
      eb(eb.refTuple('app_log.started_at', 'app_log.id'), '>', eb.tuple(after.startedAt, after.id)),
    )
  }
  if ('app' in scope) query = query.where('app_log.app', '=', scope.app)
  else if (scope.exceptApps.length > 0) query = query.where('app_log.app', 'not in', scope.exceptApps)
  if (kind === 'calls') return query
  return query.where((eb) =>
    eb.or([eb('prompt', 'is not', null), eb('response', 'is not', null), eb(SPAN_EVENTS, '>', 0)]),
  )
}
