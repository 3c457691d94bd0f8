import type { OpenDatabase } from '../database.ts'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'

/** A call's place in the order newest first. */
export interface CallPlace {
  startedAt: number
  id: number
}

/** Looked up at once: a label set that has one of the next calls mostly has some of those behind it. */
const RUN_LENGTH = 4

/** The next few calls of a label set. */
interface Run {
  labelSetId: number
  /** Ascending: the newest is at the end. */
  places: CallPlace[]
  newest: CallPlace
}

/**
 * Where the calls of some label sets are, newest first, as far as they are followed. Of each label set only the next few
 * calls are looked up, so that the work grows with what is taken and with the label sets of a day.
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
  const nextCalls = kysely
    .selectFrom('label_call')
    .select(['started_at as startedAt', 'app_log_id as id'])
    .where('day_start', '=', 0)
    .where('label_set_id', '=', 0)
    .where((eb) => eb(eb.refTuple('started_at', 'app_log_id'), '<', eb.tuple(0, 0)))
    .orderBy('started_at', 'desc')
    .orderBy('app_log_id', 'desc')
    .limit((eb) => eb.lit(RUN_LENGTH))
  const findDay = sqlite.prepare<[number], number>(nextDay.compile().sql).pluck()
  const findSets = sqlite.prepare<number[], number>(setsOfDay.compile().sql).pluck()
  const findCalls = sqlite.prepare<[number, number, number, number], CallPlace>(nextCalls.compile().sql)

  let from: number | undefined = bucketStart(before.startedAt, DAY_MS)
  for (let day = findDay.get(from); day !== undefined; day = findDay.get(from)) {
    const start = day
    const next = (labelSetId: number, place: CallPlace): Run[] => {
      const places = findCalls.all(start, labelSetId, place.startedAt, place.id).toReversed()
      const newest = places.at(-1)
      return newest ? [{ labelSetId, places, newest }] : []
    }
    const runs = findSets.all(start, ...labelSetIds).flatMap((labelSetId) => next(labelSetId, before))
    runs.sort((a, b) => comparePlaces(a.newest, b.newest))
    for (let run = runs.pop(); run; run = runs.pop()) {
      const { labelSetId, places, newest } = run
      yield newest
      places.pop()
      const following = places.at(-1)
      const rest = following ? [{ labelSetId, places, newest: following }] : next(labelSetId, newest)
      for (const follower of rest) runs.splice(rankOf(follower.newest, runs), 0, follower)
    }
    from = start - 1
  }
}

/** Ascending: the oldest first. */
export function comparePlaces(a: CallPlace, b: CallPlace): number {
  return a.startedAt - b.startedAt || a.id - b.id
}

/** How many of ascending runs begin before a place. */
function rankOf(place: CallPlace, runs: readonly Run[]): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const other = runs[middle]
    if (other && comparePlaces(other.newest, place) < 0) low = middle + 1
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
