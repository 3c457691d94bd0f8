import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { DurationHistogram } from './duration-histogram.ts'
import type { PlaceTables } from './following-tables.ts'
import type { Cell, HourCell } from './hour-cells.ts'
import type { NameKeys } from './name-keys.ts'
import { ALL_LABELS } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import type { Sums } from './sums.ts'
import { addToSums, emptySums, SUMS } from './sums.ts'

interface Delta {
  sums: Sums
  addedUs: number[]
  removedUs: number[]
}

interface Place {
  dayStart: number
  userKey: number
  startedAt: number
  id: number
}

/**
 * Where the calls of each user are, and their rollups by day: by label set and of all together. There may be as many rows
 * as calls; by day first, those of calls that come together lie together.
 */
export class UserTables implements PlaceTables {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #users: NameKeys
  readonly #days = new Map<Cell, Map<number, Delta>>()
  /** Of all label sets together, by the start of the day. */
  readonly #wholeDays = new Map<number, Map<number, Delta>>()
  /** Calls that come to the table of places, and by id those that leave it. */
  #coming: Place[] = []
  readonly #leaving = new Map<number, Place>()
  #hasSubtracted = false

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, users: NameKeys) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#users = users
  }

  add(call: StoredCall, cell: HourCell): void {
    if (call.userId === null) return
    const place = this.#placeOf(call, call.userId, cell)
    // What leaves and comes again has only changed.
    if (!this.#leaving.delete(call.id)) this.#coming.push(place)
    this.#count(call, place.userKey, cell.day, 1)
  }

  subtract(call: StoredCall, cell: HourCell): void {
    if (call.userId === null) return
    const place = this.#placeOf(call, call.userId, cell)
    this.#leaving.set(call.id, place)
    this.#hasSubtracted = true
    this.#count(call, place.userKey, cell.day, -1)
  }

  expire(call: StoredCall, cell: HourCell): void {
    if (call.userId !== null) this.#leaving.set(call.id, this.#placeOf(call, call.userId, cell))
  }

  restore(call: StoredCall, cell: HourCell): void {
    if (call.userId !== null) this.#coming.push(this.#placeOf(call, call.userId, cell))
  }

  flush(): void {
    // In the order of the tables: neighbours share pages.
    const places = this.#coming.sort(
      (a, b) => a.dayStart - b.dayStart || a.userKey - b.userKey || a.startedAt - b.startedAt || a.id - b.id,
    )
    for (const { dayStart, userKey, startedAt, id } of places) {
      this.#statements.insertCall.run(dayStart, userKey, startedAt, id)
    }
    for (const { dayStart, userKey, startedAt, id } of this.#leaving.values()) {
      this.#statements.deleteCall.run(dayStart, userKey, startedAt, id)
    }
    const ofSets = [...this.#days].map(([{ start, labelSetId }, users]) => ({ start, labelSetId, users }))
    const ofAll = [...this.#wholeDays].map(([start, users]) => ({ start, labelSetId: ALL_LABELS, users }))
    const deltas = [...ofSets, ...ofAll]
      .flatMap(({ start, labelSetId, users }) =>
        [...users].map(([userKey, delta]) => ({ start, userKey, labelSetId, ...delta })),
      )
      .sort((a, b) => a.start - b.start || a.userKey - b.userKey || a.labelSetId - b.labelSetId)
    for (const { start, userKey, labelSetId, sums, addedUs, removedUs } of deltas) {
      const histogram = new DurationHistogram()
      const kept = this.#statements.histogram.get(start, userKey, labelSetId)
      if (kept) histogram.merge(kept.duration_histogram)
      histogram.addEach(addedUs)
      for (const durationUs of removedUs) histogram.remove(durationUs)
      const values = SUMS.map((sum) => sums[sum])
      this.#statements.upsert.run(start, userKey, labelSetId, ...values, histogram.encode())
      if (this.#hasSubtracted) this.#statements.deleteEmpty.run(start, userKey, labelSetId)
    }
    this.#forgetCounted()
  }

  discard(): void {
    this.#forgetCounted()
  }

  clear(from: number, to: number): void {
    for (const statement of this.#statements.clear) statement.run(from, to)
  }

  #forgetCounted(): void {
    this.#coming = []
    this.#leaving.clear()
    this.#days.clear()
    this.#wholeDays.clear()
    this.#hasSubtracted = false
  }

  #placeOf({ startedAt, id }: StoredCall, userId: string, { day }: HourCell): Place {
    return { dayStart: day.start, userKey: this.#users.keyOf(userId), startedAt, id }
  }

  #count(call: StoredCall, userKey: number, day: Cell, count: 1 | -1): void {
    const deltas = [deltaAt(this.#days, day, userKey), deltaAt(this.#wholeDays, day.start, userKey)]
    for (const { sums, addedUs, removedUs } of deltas) {
      addToSums(sums, call, count)
      if (call.durationUs !== null) (count === 1 ? addedUs : removedUs).push(call.durationUs)
    }
  }
}

function deltaAt<Key>(deltas: Map<Key, Map<number, Delta>>, key: Key, userKey: number): Delta {
  let users = deltas.get(key)
  if (!users) deltas.set(key, (users = new Map<number, Delta>()))
  let delta = users.get(userKey)
  if (!delta) users.set(userKey, (delta = { sums: emptySums(), addedUs: [], removedUs: [] }))
  return delta
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const insertCall = kysely
    .insertInto('user_call')
    .values({ day_start: 0, user_key: 0, started_at: 0, app_log_id: 0 })
  const deleteCall = kysely
    .deleteFrom('user_call')
    .where('day_start', '=', 0)
    .where('user_key', '=', 0)
    .where('started_at', '=', 0)
    .where('app_log_id', '=', 0)
  const histogram = kysely
    .selectFrom('user_rollup_day')
    .select('duration_histogram')
    .where('day_start', '=', 0)
    .where('user_key', '=', 0)
    .where('label_set_id', '=', 0)
  const upsert = kysely
    .insertInto('user_rollup_day')
    .values({
      day_start: 0,
      user_key: 0,
      label_set_id: 0,
      ...emptySums(),
      duration_histogram: new Uint8Array(),
    })
    .onConflict((conflict) =>
      conflict.columns(['day_start', 'user_key', 'label_set_id']).doUpdateSet({
        ...Object.fromEntries(
          SUMS.map((sum) => [sum, sql`${sql.ref(`user_rollup_day.${sum}`)} + ${sql.ref(`excluded.${sum}`)}`]),
        ),
        duration_histogram: sql`excluded.duration_histogram`,
      }),
    )
  const deleteEmpty = kysely
    .deleteFrom('user_rollup_day')
    .where('day_start', '=', 0)
    .where('user_key', '=', 0)
    .where('label_set_id', '=', 0)
    .where('requests', '=', (eb) => eb.lit(0))
  type Key = [dayStart: number, userKey: number, labelSetId: number]
  type CallKey = [dayStart: number, userKey: number, startedAt: number, id: number]
  return {
    insertCall: sqlite.prepare<CallKey>(insertCall.compile().sql),
    deleteCall: sqlite.prepare<CallKey>(deleteCall.compile().sql),
    histogram: sqlite.prepare<Key, { duration_histogram: Uint8Array }>(histogram.compile().sql),
    upsert: sqlite.prepare(upsert.compile().sql),
    deleteEmpty: sqlite.prepare<Key>(deleteEmpty.compile().sql),
    clear: [
      kysely.deleteFrom('user_call').where('day_start', '>=', 0).where('day_start', '<', 0),
      kysely.deleteFrom('user_rollup_day').where('day_start', '>=', 0).where('day_start', '<', 0),
    ].map((query) => sqlite.prepare<[number, number]>(query.compile().sql)),
  }
}
