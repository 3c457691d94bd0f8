import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { DurationHistogram } from './duration-histogram.ts'
import type { FollowingTables } from './following-tables.ts'
import type { LabelSets } from './label-sets.ts'
import { bucketStart, DAY_MS } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import type { Sums } from './sums.ts'
import { addToSums, emptySums, SUMS } from './sums.ts'

interface Delta {
  dayStart: number
  userKey: number
  labelSetId: number
  sums: Sums
  histogram: DurationHistogram
}

interface Place {
  userKey: number
  startedAt: number
  id: number
}

/** Where the calls of each user are, and their rollups by day. There may be as many rows as calls. */
export class UserTables implements FollowingTables {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #userKeys = new Map<string, number>()
  readonly #deltas = new Map<string, Delta>()
  /** Calls that come to the table of places, and by id those that leave it. */
  #coming: Place[] = []
  readonly #leaving = new Map<number, Place>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, labelSets: LabelSets) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
  }

  add(call: StoredCall): void {
    if (call.userId === null) return
    const place = { userKey: this.#userKey(call.userId), startedAt: call.startedAt, id: call.id }
    // What leaves and comes again has only changed.
    if (!this.#leaving.delete(call.id)) this.#coming.push(place)
    this.#count(call, place.userKey, 1)
  }

  subtract(call: StoredCall): void {
    if (call.userId === null) return
    const place = { userKey: this.#userKey(call.userId), startedAt: call.startedAt, id: call.id }
    this.#leaving.set(call.id, place)
    this.#count(call, place.userKey, -1)
  }

  flush(): void {
    // In the order of the tables: neighbours share pages.
    const places = this.#coming.sort(
      (a, b) => a.userKey - b.userKey || a.startedAt - b.startedAt || a.id - b.id,
    )
    for (const { userKey, startedAt, id } of places) this.#statements.insertCall.run(userKey, startedAt, id)
    for (const { userKey, startedAt, id } of this.#leaving.values()) {
      this.#statements.deleteCall.run(userKey, startedAt, id)
    }
    const deltas = [...this.#deltas.values()].sort(
      (a, b) => a.dayStart - b.dayStart || a.userKey - b.userKey || a.labelSetId - b.labelSetId,
    )
    for (const { dayStart, userKey, labelSetId, sums, histogram } of deltas) {
      const kept = this.#statements.histogram.get(dayStart, userKey, labelSetId)
      if (kept) histogram.merge(kept.duration_histogram)
      const values = SUMS.map((sum) => sums[sum])
      this.#statements.upsert.run(dayStart, userKey, labelSetId, ...values, histogram.encode())
      this.#statements.deleteEmpty.run(dayStart, userKey, labelSetId)
    }
    this.#forgetCounted()
  }

  discard(): void {
    this.#forgetCounted()
    this.#userKeys.clear()
  }

  clear(): void {
    for (const statement of this.#statements.clear) statement.run()
  }

  #forgetCounted(): void {
    this.#coming = []
    this.#leaving.clear()
    this.#deltas.clear()
  }

  #count(call: StoredCall, userKey: number, count: 1 | -1): void {
    const { sums, histogram } = this.#deltaOf(
      bucketStart(call.startedAt, DAY_MS),
      userKey,
      this.#labelSets.idOf(call),
    )
    addToSums(sums, call, count)
    if (call.durationUs === null) return
    if (count === 1) histogram.add(call.durationUs)
    else histogram.remove(call.durationUs)
  }

  #deltaOf(dayStart: number, userKey: number, labelSetId: number): Delta {
    const key = `${dayStart}/${userKey}/${labelSetId}`
    const known = this.#deltas.get(key)
    if (known) return known
    const delta = { dayStart, userKey, labelSetId, sums: emptySums(), histogram: new DurationHistogram() }
    this.#deltas.set(key, delta)
    return delta
  }

  #userKey(name: string): number {
    const known = this.#userKeys.get(name)
    if (known !== undefined) return known
    this.#statements.insertUser.run(name)
    const { id } = this.#statements.user.get(name) ?? {}
    if (id === undefined) throw new Error('a user that was just inserted is missing')
    if (this.#userKeys.size >= USER_KEYS_REMEMBERED) this.#userKeys.clear()
    this.#userKeys.set(name, id)
    return id
  }
}

const USER_KEYS_REMEMBERED = 100_000

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const insertUser = kysely
    .insertInto('user')
    .values({ name: '' })
    .onConflict((conflict) => conflict.doNothing())
  const user = kysely.selectFrom('user').select('id').where('name', '=', '')
  const insertCall = kysely.insertInto('user_call').values({ user_key: 0, started_at: 0, app_log_id: 0 })
  const deleteCall = kysely
    .deleteFrom('user_call')
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
  type CallKey = [userKey: number, startedAt: number, id: number]
  return {
    insertUser: sqlite.prepare<[string]>(insertUser.compile().sql),
    user: sqlite.prepare<[string], { id: number }>(user.compile().sql),
    insertCall: sqlite.prepare<CallKey>(insertCall.compile().sql),
    deleteCall: sqlite.prepare<CallKey>(deleteCall.compile().sql),
    histogram: sqlite.prepare<Key, { duration_histogram: Uint8Array }>(histogram.compile().sql),
    upsert: sqlite.prepare(upsert.compile().sql),
    deleteEmpty: sqlite.prepare<Key>(deleteEmpty.compile().sql),
    clear: ['delete from user_call', 'delete from user_rollup_day', 'delete from user'].map((statement) =>
      sqlite.prepare(statement),
    ),
  }
}
