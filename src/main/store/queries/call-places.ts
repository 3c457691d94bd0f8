import type { OpenDatabase } from '../database.ts'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'

/** A call's place in the order newest first. */
export interface CallPlace {
  startedAt: number
  id: number
}

/**
 * Where the calls of some label sets are, newest first, as far as they are followed. Of each label set only the next call
 * is looked up, so that the work grows with what is taken and with the label sets of a day.
 *
 * @param before the first place that is not wanted.
 */
export function* placesOfLabels(
  { kysely, sqlite }: OpenDatabase,
  labelSetIds: readonly number[],
  before: CallPlace,
): Generator<CallPlace> {
  // By the primary key, like those that follow.
  const nextDay = kysely
    .selectFrom('call_rollup')
    .select('bucket_start as start')
    .where('level', '=', (eb) => eb.lit(levelOf(DAY_MS, 'all')))
    .where('bucket_start', '<=', 0)
    .orderBy('bucket_start', 'desc')
    .limit((eb) => eb.lit(1))
  const setsOfDay = kysely
    .selectFrom('call_rollup')
    .select('label_set_id as id')
    .where('level', '=', (eb) => eb.lit(levelOf(DAY_MS, 'labelSet')))
    .where('bucket_start', '=', 0)
    .where('label_set_id', 'in', labelSetIds)
  const nextCall = kysely
    .selectFrom('label_call')
    .select(['started_at as startedAt', 'app_log_id as id'])
    .where('day_start', '=', 0)
    .where('label_set_id', '=', 0)
    .where((eb) => eb(eb.refTuple('started_at', 'app_log_id'), '<', eb.tuple(0, 0)))
    .orderBy('started_at', 'desc')
    .orderBy('app_log_id', 'desc')
    .limit((eb) => eb.lit(1))
  const findDay = sqlite.prepare<[number], number>(nextDay.compile().sql).pluck()
  const findSets = sqlite.prepare<number[], number>(setsOfDay.compile().sql).pluck()
  const findCall = sqlite.prepare<[number, number, number, number], CallPlace>(nextCall.compile().sql)

  let from: number | undefined = bucketStart(before.startedAt, DAY_MS)
  for (let day = findDay.get(from); day !== undefined; day = findDay.get(from)) {
    const start = day
    const next = (labelSetId: number, place: CallPlace) => {
      const found = findCall.get(start, labelSetId, place.startedAt, place.id)
      return found ? [{ labelSetId, ...found }] : []
    }
    const heads = findSets.all(start, ...labelSetIds).flatMap((labelSetId) => next(labelSetId, before))
    // Ascending: the newest is at the end.
    heads.sort(comparePlaces)
    for (let head = heads.pop(); head; head = heads.pop()) {
      yield { startedAt: head.startedAt, id: head.id }
      for (const follower of next(head.labelSetId, head)) heads.splice(rankOf(follower, heads), 0, follower)
    }
    from = start - 1
  }
}

/** Ascending: the oldest first. */
export function comparePlaces(a: CallPlace, b: CallPlace): number {
  return a.startedAt - b.startedAt || a.id - b.id
}

/** How many of ascending places come before one. */
function rankOf(place: CallPlace, places: readonly CallPlace[]): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const other = places[middle]
    if (other && comparePlaces(other, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a user's calls are, newest first, as far as they are followed: day by day, by the primary keys. */
export function* placesOfUser(
  { kysely, sqlite }: OpenDatabase,
  userId: string,
  before: CallPlace,
): Generator<CallPlace> {
  const key = sqlite
    .prepare<[string], number>(kysely.selectFrom('user').select('id').where('name', '=', '').compile().sql)
    .pluck()
    .get(userId)
  if (key === undefined) return
  const days = kysely
    .selectFrom('call_rollup')
    .select('bucket_start')
    .where('level', '=', levelOf(DAY_MS, 'all'))
    .where('bucket_start', '<=', before.startedAt)
    .orderBy('bucket_start', 'desc')
    .compile()
  const calls = kysely
    .selectFrom('user_call')
    .select(['started_at as startedAt', 'app_log_id as id'])
    .where('day_start', '=', 0)
    .where('user_key', '=', 0)
    .where((eb) => eb(eb.refTuple('started_at', 'app_log_id'), '<', eb.tuple(0, 0)))
    .orderBy('started_at', 'desc')
    .orderBy('app_log_id', 'desc')
  const callsOfDay = sqlite.prepare<[number, number, number, number], CallPlace>(calls.compile().sql)
  for (const day of sqlite
    .prepare<unknown[], number>(days.sql)
    .pluck()
    .iterate(...days.parameters)) {
    yield* callsOfDay.iterate(day, key, before.startedAt, before.id)
  }
}
