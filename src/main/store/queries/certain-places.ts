import type { OpenDatabase } from '../database.ts'
import type { CallPlace } from './call-places.ts'
import { RequestIdLookup } from '../request-ids.ts'
import { comparePlaces } from './call-places.ts'

/** Places that an index of the calls themselves, or of feedback, tells: none is missing, whatever is followed. */

/** Where the call with a request id is. */
export function placeOfRequest(
  { kysely, sqlite }: OpenDatabase,
  requestId: string,
  before: CallPlace,
): CallPlace[] {
  const id = new RequestIdLookup(sqlite, kysely).find(requestId)
  if (id === undefined) return []
  // By the primary key.
  const call = kysely.selectFrom('app_log').select(['started_at as startedAt', 'id']).where('id', '=', 0)
  return sqlite
    .prepare<[number], CallPlace>(call.compile().sql)
    .all(id)
    .filter((place) => comparePlaces(place, before) < 0)
}

/**
 * Where the calls and steps of a trace are, newest first.
 *
 * @returns undefined: they are more than `limit`, too many to be put in order for one page.
 */
export function placesOfTrace(
  { kysely, sqlite }: OpenDatabase,
  traceId: string,
  before: CallPlace,
  limit: number,
): CallPlace[] | undefined {
  // By app_log_trace.
  const calls = kysely
    .selectFrom('app_log')
    .select(['started_at as startedAt', 'id'])
    .where('trace_id', '=', '')
  const all = sqlite
    .prepare<[string, number], CallPlace>(calls.limit(0).compile().sql)
    .all(traceId, limit + 1)
  if (all.length > limit) return undefined
  const isWanted = (place: CallPlace) => comparePlaces(place, before) < 0
  return all.filter(isWanted).sort((a, b) => comparePlaces(b, a))
}

/** Where calls are that have feedback, newest first, each once. */
export function* placesWithFeedback(
  { kysely, sqlite }: OpenDatabase,
  before: CallPlace,
): Generator<CallPlace> {
  // By feedback_filed_at: feedback of a call that is there is filed at the start of the call.
  const filed = kysely
    .selectFrom('feedback')
    .select(['filed_at as startedAt', 'app_log_id as id'])
    .where('app_log_id', 'is not', null)
    .where('filed_at', '<=', 0)
    .orderBy('filed_at', 'desc')
    .orderBy('app_log_id', 'desc')
  let last: CallPlace | undefined
  for (const place of sqlite.prepare<[number], CallPlace>(filed.compile().sql).iterate(before.startedAt)) {
    if (last && comparePlaces(place, last) === 0) continue
    last = place
    if (comparePlaces(place, before) < 0) yield place
  }
}
