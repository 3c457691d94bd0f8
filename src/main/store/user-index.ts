import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Countable } from './call-rollup.ts'
import { DurationHistogram } from './duration-histogram.ts'
import type { LabelSets } from './label-sets.ts'
import { bucketStart, DAY_MS } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { Sums } from './sums.ts'
import { addToSums, emptySums, SUMS } from './sums.ts'

/** A call read back from its row. */
export type StoredCall = Countable & { id: number; userId: string | null }

/** The columns that make a `StoredCall`. */
export const STORED_CALL_COLUMNS = [
  'id',
  'user_id as userId',
  'app',
  'app_type as appType',
  'provider',
  'model',
  'request_model as requestModel',
  'environment',
  'status',
  'error_type as errorType',
  'started_at as startedAt',
  'duration_us as durationUs',
  'ttft_us as ttftUs',
  'input_tokens as inputTokens',
  'output_tokens as outputTokens',
  'cached_input_tokens as cachedInputTokens',
  'cache_write_tokens as cacheWriteTokens',
  'reasoning_tokens as reasoningTokens',
  'total_tokens as totalTokens',
  'cost_nanos as costNanos',
] as const

interface Delta {
  dayStart: number
  userKey: number
  labelSetId: number
  sums: Sums
  histogram: DurationHistogram
}

/**
 * Keeps the tables by user, of which there may be as many rows as calls: too many to be written with each commit. They
 * follow the calls by `app_log.id`, many at a time, and say how far they are; readers take what comes after from the
 * calls themselves, in the same snapshot, so that nothing is missed or counted twice. Used by the writer thread only.
 */
export class UserIndex {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #userKeys = new Map<string, number>()
  readonly #deltas = new Map<string, Delta>()
  readonly #take: SqliteDatabase.Transaction<(limit: number) => number>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, labelSets: LabelSets) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
    this.#take = sqlite.transaction((limit) => {
      const upTo = this.upTo()
      const calls = this.#statements.next.all(upTo, limit)
      const last = calls.at(-1)
      if (!last) return 0
      for (const call of calls) {
        if (call.userId !== null && call.isStep === 0) this.#count(call, call.userId, 1)
      }
      this.flush()
      this.#statements.insertCalls.run(upTo, last.id)
      this.#statements.advance.run(last.id)
      return calls.length
    })
  }

  /** The greatest `app_log.id` that is in the tables. */
  upTo(): number {
    return this.#statements.upTo.get()?.users_up_to ?? 0
  }

  /** How many calls are not in the tables yet, at most. */
  ahead(): number {
    return (this.#statements.lastId.get()?.id ?? 0) - this.upTo()
  }

  /** Takes the next calls in, in a transaction of its own. @returns how many; less than the limit: it has caught up. */
  catchUp(limit: number): number {
    try {
      return this.#take.immediate(limit)
    } catch (error) {
      this.discard()
      throw error
    }
  }

  /** Counts a call that changed, in the open transaction, as it is now. `flush` writes it. */
  add(call: StoredCall): void {
    if (call.userId === null || call.id > this.upTo()) return
    this.#statements.insertCall.run(this.#userKey(call.userId), call.startedAt, call.id)
    this.#count(call, call.userId, 1)
  }

  /** Takes a call back as it was before it changed. */
  subtract(call: StoredCall): void {
    if (call.userId === null || call.id > this.upTo()) return
    this.#statements.deleteCall.run(this.#userKey(call.userId), call.startedAt, call.id)
    this.#count(call, call.userId, -1)
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    // In the order of the table: neighbours share pages.
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
    this.#deltas.clear()
  }

  /** Forgets what was counted: the transaction was rolled back. */
  discard(): void {
    this.#deltas.clear()
    this.#userKeys.clear()
    this.#labelSets.forget()
  }

  /** Empties the tables; they fill again as it catches up. */
  clear(): void {
    for (const statement of this.#statements.clear) statement.run()
    this.discard()
  }

  #count(call: StoredCall, userId: string, count: 1 | -1): void {
    const { sums, histogram } = this.#deltaOf(
      bucketStart(call.startedAt, DAY_MS),
      this.#userKey(userId),
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
  const state = kysely.selectFrom('rollup_state').select('users_up_to')
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  const advance = kysely.updateTable('rollup_state').set({ users_up_to: 0 })
  // By the primary key.
  const next = kysely
    .selectFrom('app_log')
    .select([...STORED_CALL_COLUMNS, 'is_step as isStep'])
    .where('id', '>', 0)
    .orderBy('id')
    .limit(0)
  const insertUser = kysely
    .insertInto('user')
    .values({ name: '' })
    .onConflict((conflict) => conflict.doNothing())
  const user = kysely.selectFrom('user').select('id').where('name', '=', '')
  const insertCall = kysely
    .insertInto('user_call')
    .values({ user_key: 0, started_at: 0, app_log_id: 0 })
    .onConflict((conflict) => conflict.doNothing())
  // In the order of the table: neighbours share pages.
  const insertCalls = kysely.insertInto('user_call').expression(
    kysely
      .selectFrom('app_log')
      .innerJoin('user', 'user.name', 'app_log.user_id')
      .select(['user.id', 'started_at', 'app_log.id as app_log_id'])
      .where('app_log.id', '>', 0)
      .where('app_log.id', '<=', 0)
      .where('is_step', '=', (eb) => eb.lit(0))
      .orderBy('user.id')
      .orderBy('started_at'),
  )
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
  type Place = [userKey: number, startedAt: number, id: number]
  return {
    upTo: sqlite.prepare<[], { users_up_to: number }>(state.compile().sql),
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    advance: sqlite.prepare<[number]>(advance.compile().sql),
    next: sqlite.prepare<[number, number], StoredCall & { isStep: number }>(next.compile().sql),
    insertUser: sqlite.prepare<[string]>(insertUser.compile().sql),
    user: sqlite.prepare<[string], { id: number }>(user.compile().sql),
    insertCall: sqlite.prepare<Place>(insertCall.compile().sql),
    insertCalls: sqlite.prepare<[number, number]>(insertCalls.compile().sql),
    deleteCall: sqlite.prepare<Place>(deleteCall.compile().sql),
    histogram: sqlite.prepare<Key, { duration_histogram: Uint8Array }>(histogram.compile().sql),
    upsert: sqlite.prepare(upsert.compile().sql),
    deleteEmpty: sqlite.prepare<Key>(deleteEmpty.compile().sql),
    clear: [
      'delete from user_call',
      'delete from user_rollup_day',
      'delete from user',
      'update rollup_state set users_up_to = 0',
    ].map((statement) => sqlite.prepare(statement)),
  }
}
