import type { Compilable, Selectable } from 'kysely'
import type { Neighbours } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { RequestIdLookup } from '../request-ids.ts'
import { readRows } from '../read-rows.ts'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import { ITEM_COLUMNS, toItem } from './list-calls.ts'

type ItemRow = Pick<Selectable<Schema['app_log']>, (typeof ITEM_COLUMNS)[number]>
type Direction = 'previous' | 'next'

/** Most calls of a session follow each other soon. */
const LOOKED_THROUGH_FIRST = 500

/**
 * The calls before and after one in its session. No index finds a session's calls: they are looked for among the calls
 * around its time, as many as `scanLimit` on either side, and behind these among the calls of its user.
 *
 * @returns undefined if no call has this request id.
 */
export function sessionNeighbours(
  database: OpenDatabase,
  request: { requestId: string },
  scanLimit: number = LIMITS.neighboursScanned,
): Neighbours | undefined {
  // One transaction, so that both sides are of the same moment.
  return database.sqlite.transaction(() => find(database, request.requestId, scanLimit)).deferred()
}

function find(database: OpenDatabase, requestId: string, scanLimit: number): Neighbours | undefined {
  const { kysely, sqlite } = database
  const read = <Row>(query: Compilable) => readRows<Row>(sqlite, query)
  const callId = new RequestIdLookup(sqlite, kysely).find(requestId)
  if (callId === undefined) return undefined
  const [call] = read<ItemRow>(kysely.selectFrom('app_log').select(ITEM_COLUMNS).where('id', '=', callId))
  if (!call) return undefined
  const { session_id: sessionId, user_id: userId, started_at: startedAt, id } = call
  if (sessionId === null) return { previous: null, next: null, isWhole: true }

  /** By app_log_started_at, in the direction asked for. */
  const around = (direction: Direction) => {
    const [operator, order] = direction === 'previous' ? (['<', 'desc'] as const) : (['>', 'asc'] as const)
    return kysely
      .selectFrom('app_log')
      .where((eb) => eb(eb.refTuple('started_at', 'id'), operator, eb.tuple(startedAt, id)))
      .orderBy('started_at', order)
      .orderBy('id', order)
  }
  const lookThrough = (direction: Direction, depth: number): ItemRow | undefined => {
    const calls = around(direction)
      .select([...ITEM_COLUMNS, 'is_step'])
      .limit(depth)
      .as('app_log')
    const order = direction === 'previous' ? 'desc' : 'asc'
    const [found] = read<ItemRow>(
      kysely
        .selectFrom(calls)
        .select(ITEM_COLUMNS.map((name) => `app_log.${name}` as const))
        .where('session_id', '=', sessionId)
        .where('is_step', '=', 0)
        .orderBy('started_at', order)
        .orderBy('id', order)
        .limit(1),
    )
    return found
  }
  const isMoreThan = (direction: Direction, depth: number) =>
    read(around(direction).select('id').limit(1).offset(depth)).length > 0
  /** By the primary key of `user_call`, day by day and as far as it follows. */
  const amongUsers = (direction: Direction): ItemRow | undefined => {
    if (userId === null) return undefined
    const [operator, order] = direction === 'previous' ? (['<', 'desc'] as const) : (['>', 'asc'] as const)
    const places = kysely
      .selectFrom('call_rollup as day')
      .crossJoin('user_call')
      .select('user_call.app_log_id as id')
      .where('day.level', '=', levelOf(DAY_MS, 'all'))
      .where('day.bucket_start', direction === 'previous' ? '<=' : '>=', bucketStart(startedAt, DAY_MS))
      .whereRef('user_call.day_start', '=', 'day.bucket_start')
      .where('user_call.user_key', '=', kysely.selectFrom('user').select('id').where('name', '=', userId))
      .where((eb) =>
        eb(eb.refTuple('user_call.started_at', 'user_call.app_log_id'), operator, eb.tuple(startedAt, id)),
      )
      .orderBy('day.bucket_start', order)
      .orderBy('user_call.started_at', order)
      .orderBy('user_call.app_log_id', order)
      .limit(scanLimit)
    const [found] = read<ItemRow>(
      kysely
        .selectFrom('app_log')
        .select(ITEM_COLUMNS)
        .where('id', 'in', places)
        .where('session_id', '=', sessionId)
        .where('is_step', '=', 0)
        .orderBy('started_at', order)
        .orderBy('id', order)
        .limit(1),
    )
    return found
  }
  const neighbour = (direction: Direction) =>
    lookThrough(direction, Math.min(LOOKED_THROUGH_FIRST, scanLimit)) ??
    lookThrough(direction, scanLimit) ??
    amongUsers(direction)
  const [previous, next] = [neighbour('previous'), neighbour('next')]
  return {
    previous: previous ? toItem(previous) : null,
    next: next ? toItem(next) : null,
    isWhole:
      (previous !== undefined || !isMoreThan('previous', scanLimit)) &&
      (next !== undefined || !isMoreThan('next', scanLimit)),
  }
}
