import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { CallRollup } from './call-rollup.ts'
import type { FollowingTables } from './following-tables.ts'
import { HourCells } from './hour-cells.ts'
import type { LabelSets } from './label-sets.ts'
import { LABELS } from './label-sets.ts'
import { LabelCalls } from './label-calls.ts'
import { NameKeys } from './name-keys.ts'
import { PresenceTables } from './presence-tables.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'
import { TopCallTables } from './top-call-tables.ts'
import { UserTables } from './user-tables.ts'

/** Readers look through what is not followed yet call by call: more than this would take them long. */
export const FOLLOW_AHEAD_MAX = 250_000

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
  readonly #take: SqliteDatabase.Transaction<(limit: number) => number>
  readonly #refill: SqliteDatabase.Transaction<() => number | null>
  readonly #clear: SqliteDatabase.Transaction<() => void>

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { labelSets, topCallsKept }: { labelSets: LabelSets; topCallsKept: number },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
    const users = new NameKeys(sqlite, kysely, 'user')
    const sessions = new NameKeys(sqlite, kysely, 'session')
    this.#topCalls = new TopCallTables(sqlite, kysely, labelSets, topCallsKept)
    this.#tables = [
      new CallRollup(sqlite, kysely, { labelSets, grains: LABELS }),
      new LabelCalls(sqlite, kysely),
      new UserTables(sqlite, kysely, users),
      new PresenceTables(sqlite, kysely, { users, sessions }),
      this.#topCalls,
    ]
    this.#take = sqlite.transaction((limit) => {
      const calls = this.#statements.next.all(this.upTo(), limit)
      const last = calls.at(-1)
      if (!last) return 0
      for (const call of calls) {
        if (call.isStep === 0) this.#add(call)
      }
      this.flush()
      this.#statements.advance.run(last.id)
      return calls.length
    })
    this.#refill = sqlite.transaction(() => this.#topCalls.refill(this.upTo()))
    this.#clear = sqlite.transaction(() => {
      for (const tables of this.#tables) tables.clear()
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
    if (call.id <= this.upTo()) this.#add(call)
  }

  /** Takes a call back as it was before it changed. */
  subtract(call: StoredCall): void {
    if (call.id > this.upTo()) return
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
  }

  /** Forgets what was counted: the transaction was rolled back. */
  discard(): void {
    for (const tables of this.#tables) tables.discard()
    this.#cells.clear()
    this.#labelSets.forget()
  }

  /** Empties the tables; they fill again as it catches up. */
  clear(): void {
    this.#clear.immediate()
    this.discard()
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
    next: sqlite.prepare<[number, number], StoredCall & { isStep: number }>(next.compile().sql),
  }
}
