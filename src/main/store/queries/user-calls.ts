import type { Kysely } from 'kysely'
import { chunksOf } from '#shared/chunks-of.ts'
import type { Schema } from '../schema.ts'

interface UserCall {
  id: number
  requestId: string
  /** Or of nobody, in a trace of theirs. */
  isOfUser: boolean
  /** Whether it is a call, not a step. */
  isCounted: boolean
}

/** Some of users' calls and steps, and how far they were looked for. */
export interface UserCalls {
  calls: UserCall[]
  /** `app_log.id` up to which all were looked at; null: to the end. */
  end: number | null
}

/** SQLite binds at most 32,766 values in a statement. */
const TRACES_PER_QUERY = 1_000

/**
 * Everything that is stored of users, by looking through the calls in the order of their ids, a stretch at a time: steps
 * are in no table by user. What belongs to no user goes with the trace that it is a part of, unless others have a part in
 * that, too.
 */
export async function userCalls(
  db: Kysely<Schema>,
  { userIds, after, length }: { userIds: readonly string[]; after: number; length: number },
): Promise<UserCalls> {
  // By the primary key.
  const rows = await db
    .selectFrom('app_log')
    .select(['id', 'request_id as requestId', 'trace_id as traceId', 'is_step as isStep'])
    .where('id', '>', after)
    .where('id', '<=', after + length)
    .where('user_id', 'in', userIds)
    .execute()
  const last = await db
    .selectFrom('app_log')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst()
  const calls = new Map<number, UserCall>(
    rows.map(({ id, requestId, isStep }) => [id, { id, requestId, isOfUser: true, isCounted: isStep === 0 }]),
  )
  const traceIds = [...new Set(rows.flatMap(({ traceId }) => traceId ?? []))]
  for (const some of chunksOf(traceIds, TRACES_PER_QUERY)) {
    for (const { id, requestId, isStep, userId: owner } of await ownTraces(db, new Set(userIds), some)) {
      calls.set(id, { id, requestId, isOfUser: owner !== null, isCounted: isStep === 0 })
    }
  }
  const end = after + length
  return {
    calls: [...calls.values()],
    end: end < (last?.id ?? 0) ? end : null,
  }
}

/** The parts of traces that nobody else has a part in. */
async function ownTraces(db: Kysely<Schema>, userIds: ReadonlySet<string>, traceIds: readonly string[]) {
  // By app_log_trace.
  const parts = await db
    .selectFrom('app_log')
    .select([
      'id',
      'request_id as requestId',
      'trace_id as traceId',
      'user_id as userId',
      'is_step as isStep',
    ])
    .where('trace_id', 'in', traceIds)
    .execute()
  const shared = new Set(
    parts.filter((part) => part.userId !== null && !userIds.has(part.userId)).map(({ traceId }) => traceId),
  )
  return parts.filter(({ traceId }) => !shared.has(traceId))
}
