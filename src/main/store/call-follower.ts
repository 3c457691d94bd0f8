import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { CallRollup } from './call-rollup.ts'
import type { FollowingTables, PlaceTables } from './following-tables.ts'
import { HourCells } from './hour-cells.ts'
import type { LabelSets } from './label-sets.ts'
import { LABELS } from './label-sets.ts'
import { LabelCalls } from './label-calls.ts'
import { NameKeys } from './name-keys.ts'
import { PresenceTables } from './presence-tables.ts'
import type { GoneCalls } from './retention/gone-calls.ts'
import { DAY_MS } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import { SessionNames } from './session-names.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'
import { TopCallTables } from './top-call-tables.ts'
import { UserNames } from './user-names.ts'
import { UserTables } from './user-tables.ts'

/** Readers look through what is not followed yet call by call: more than this would take them long. */
export const FOLLOW_AHEAD_MAX = 250_000
/** Calls that are taken in with one transaction when all are to be. */
const FULL_CHUNK = 20_000

/**
 * Has tables follow the calls by `app_log.id`, many at a time. `rollup_state` says how far they are; readers take what
 * comes after from the calls themselves, in the same snapshot, so that nothing is missed or counted twice. Used by the
 * writer thread only.
 */
export class CallFollower {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #cells = new HourCells()
  readonly #topCalls: TopCallTables
  readonly #tables: readonly FollowingTables[]
  readonly #places: readonly PlaceTables[]
  readonly #gone: GoneCalls
  readonly #take: SqliteDatabase.Transaction<(limit: number) => number>
  readonly #refill: SqliteDatabase.Transaction<() => number | null>
  readonly #clear: SqliteDatabase.Transaction<() => void>

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { labelSets, gone, topCallsKept }: { labelSets: LabelSets; gone: GoneCalls; topCallsKept: number },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
    this.#gone = gone
    const users = new NameKeys(new UserNames(sqlite, kysely))
    const sessions = new NameKeys(new SessionNames(sqlite, kysely))
    this.#topCalls = new TopCallTables(sqlite, kysely, labelSets, topCallsKept)
    this.#places = [new LabelCalls(sqlite, kysely), new UserTables(sqlite, kysely, users), this.#topCalls]
    this.#tables = [
      new CallRollup(sqlite, kysely, { labelSets, grains: LABELS }),
      new PresenceTables(sqlite, kysely, { users, sessions }),
      ...this.#places,
    ]
    this.#take = sqlite.transaction((limit) => {
      const calls = this.#statements.next.all(this.upTo(), limit)
      const last = calls.at(-1)
      if (!last) return 0
      const keptUpTo = this.#keptUpTo()
      for (const call of calls) {
        if (call.isStep === 0 && !(call.id <= keptUpTo && gone.isFrozen(call.startedAt))) this.#add(call)
      }
      this.flush()
      this.#statements.advance.run(last.id)
      return calls.length
    })
    this.#refill = sqlite.transaction(() => this.#topCalls.refill(this.upTo()))
    this.#clear = sqlite.transaction(() => {
      const keptUpTo = Math.max(this.upTo(), this.#keptUpTo())
      for (const { from, to } of this.#notFrozen()) {
        for (const tables of this.#tables) tables.clear(from, to)
      }
      this.#statements.keep.run(keptUpTo)
      this.#statements.advance.run(0)
    })
  }

  /** The greatest `app_log.id` that is in the tables. */
  upTo(): number {
    return this.#statements.upTo.get()?.followed_up_to ?? 0
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

  /**
   * Fills a gap that a call has left which was taken back, in a transaction of its own.
   *
   * @returns how many calls it had to look at; null: there are no gaps.
   */
  refill(): number | null {
    try {
      return this.#refill.immediate()
    } catch (error) {
      this.discard()
      throw error
    }
  }

  /** Counts a call that changed, in the open transaction, as it is now. `flush` writes it. */
  add(call: StoredCall): void {
    if (this.#isFollowed(call)) this.#add(call)
  }

  /** Takes a call back as it was before it changed. */
  subtract(call: StoredCall): void {
    if (!this.#isFollowed(call)) return
    const cell = this.#cells.at(call.startedAt, this.#labelSets.idOf(call))
    for (const tables of this.#tables) tables.subtract(call, cell)
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    for (const tables of this.#tables) tables.flush()
    this.#cells.clear()
  }

  /**
   * Says that calls were deleted, in the open transaction. SQLite gives the greatest id out again once its row is gone:
   * whatever gets it is to be followed, too.
   */
  stepBack(): void {
    const lastId = this.#statements.lastId.get()?.id ?? 0
    if (lastId < this.upTo()) this.#statements.advance.run(lastId)
    if (lastId < this.#keptUpTo()) this.#statements.keep.run(lastId)
  }

  /**
   * Takes all calls in that are not yet: before rows go whose sums stay, and before rows come whose sums are there.
   */
  catchUpFully(): void {
    while (this.catchUp(FULL_CHUNK) === FULL_CHUNK);
  }

  /** The row of a followed call goes, what was counted of it stays. `flush` writes it. */
  expire(call: StoredCall): void {
    const cell = this.#cells.at(call.startedAt, this.#labelSets.idOf(call))
    for (const tables of this.#places) tables.expire(call, cell)
  }

  /**
   * Takes calls in that the open transaction has stored, after all others were taken in.
   *
   * @param isCounted whether sums hold the call already.
   */
  restore(call: StoredCall, isCounted: boolean): void {
    const cell = this.#cells.at(call.startedAt, this.#labelSets.idOf(call))
    if (isCounted) for (const tables of this.#places) tables.restore(call, cell)
    else for (const tables of this.#tables) tables.add(call, cell)
  }

  /** Says that all calls that are stored are taken in. */
  advance(): void {
    this.#statements.advance.run(this.#statements.lastId.get()?.id ?? 0)
  }

  /** Empties the tables of a range of days none of whose calls is left; to be called inside the transaction. */
  clearDays(from: number, to: number): void {
    for (const tables of this.#tables) tables.clear(from, to)
  }

  /** Forgets what was counted: the transaction was rolled back. */
  discard(): void {
    for (const tables of this.#tables) tables.discard()
    this.#cells.clear()
    this.#labelSets.forget()
  }

  /** Empties the tables but for frozen days; they fill again as it catches up. */
  clear(): void {
    this.#clear.immediate()
    this.discard()
  }

  #isFollowed({ id, startedAt }: StoredCall): boolean {
    return id <= this.upTo() || (id <= this.#keptUpTo() && this.#gone.isFrozen(startedAt))
  }

  #keptUpTo(): number {
    return this.#statements.keptUpTo.get()?.kept_up_to ?? 0
  }

  /** The stretches of time between frozen days. */
  #notFrozen(): { from: number; to: number }[] {
    const days = this.#gone.frozenDays()
    const starts = [Number.MIN_SAFE_INTEGER, ...days.map((day) => day + DAY_MS)]
    return starts
      .map((from, index) => ({ from, to: days[index] ?? Number.MAX_SAFE_INTEGER }))
      .filter(({ from, to }) => from < to)
  }

  #add(call: StoredCall): void {
    const cell = this.#cells.at(call.startedAt, this.#labelSets.idOf(call))
    for (const tables of this.#tables) tables.add(call, cell)
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const state = kysely.selectFrom('rollup_state').select('followed_up_to')
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  const advance = kysely.updateTable('rollup_state').set({ followed_up_to: 0 })
  const keptUpTo = kysely.selectFrom('rollup_state').select('kept_up_to')
  const keep = kysely.updateTable('rollup_state').set({ kept_up_to: 0 })
  // By the primary key.
  const next = kysely
    .selectFrom('app_log')
    .select([...STORED_CALL_COLUMNS, 'is_step as isStep'])
    .where('id', '>', 0)
    .orderBy('id')
    .limit(0)
  return {
    upTo: sqlite.prepare<[], { followed_up_to: number }>(state.compile().sql),
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    advance: sqlite.prepare<[number]>(advance.compile().sql),
    keptUpTo: sqlite.prepare<[], { kept_up_to: number }>(keptUpTo.compile().sql),
    keep: sqlite.prepare<[number]>(keep.compile().sql),
    next: sqlite.prepare<[number, number], StoredCall & { isStep: number }>(next.compile().sql),
  }
}
