import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CallRollup, Countable } from './call-rollup.ts'
import type { FeedbackRollup } from './feedback-rollup.ts'
import type { GoneCalls } from './retention/gone-calls.ts'
import type { Schema } from './schema.ts'
import { bucketStart, DAY_MS, HOUR_MS, levelOf } from './rollup-levels.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'

/** Raised when what the rollups hold of a call changes: older ones are then made anew. */
const ROLLUP_VERSION = 1

/** Whether the rollups were made by other rules than today's, or not at all. */
export function areRollupsOutdated(sqlite: SqliteDatabase.Database): boolean {
  return sqlite.prepare('select version from rollup_state').pluck().get() !== ROLLUP_VERSION
}

/** Makes rollups anew from the calls and the feedback. Used by the writer thread only. */
export class RollupRebuilder {
  readonly #sqlite: SqliteDatabase.Database
  readonly #rollup: CallRollup
  readonly #feedbackRollup: FeedbackRollup
  readonly #gone: GoneCalls
  readonly #calls: SqliteDatabase.Statement<[number, number], Countable>
  readonly #firstCall: SqliteDatabase.Statement<[number], { startedAt: number }>
  readonly #firstRollup: SqliteDatabase.Statement<[number, number], { startedAt: number }>
  readonly #setVersion: SqliteDatabase.Statement<[number]>

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { rollup, feedbackRollup, gone }: { rollup: CallRollup; feedbackRollup: FeedbackRollup; gone: GoneCalls },
  ) {
    this.#sqlite = sqlite
    this.#rollup = rollup
    this.#feedbackRollup = feedbackRollup
    this.#gone = gone
    // By app_log_started_at.
    const calls = kysely
      .selectFrom('app_log')
      .select(STORED_CALL_COLUMNS)
      .where('started_at', '>=', 0)
      .where('started_at', '<', 0)
      .where('is_step', '=', (eb) => eb.lit(0))
    this.#calls = sqlite.prepare(calls.compile().sql)
    const firstCall = kysely
      .selectFrom('app_log')
      .select('started_at as startedAt')
      .where('started_at', '>=', 0)
      .orderBy('started_at')
      .limit((eb) => eb.lit(1))
    this.#firstCall = sqlite.prepare(firstCall.compile().sql)
    // By the primary key.
    const firstRollup = kysely
      .selectFrom('call_rollup')
      .select('bucket_start as startedAt')
      .where('level', '=', 0)
      .where('bucket_start', '>=', 0)
      .orderBy('bucket_start')
      .limit((eb) => eb.lit(1))
    this.#firstRollup = sqlite.prepare(firstRollup.compile().sql)
    this.#setVersion = sqlite.prepare('update rollup_state set version = ?')
  }

  /** Makes everything anew, a day at a time. Calls that come in meanwhile are counted as ever. */
  rebuildAll(): void {
    for (const day of this.days()) this.rebuildDay(day)
    this.#setVersion.run(ROLLUP_VERSION)
  }

  /** Where the days (UTC) begin that have calls or rollups. */
  *days(): Generator<number> {
    for (let day = this.#nextDay(-Infinity); day !== null; day = this.#nextDay(day + DAY_MS)) yield day
  }

  /** @returns the start of the first such day from then on, null without one. */
  #nextDay(from: number): number | null {
    const least = Math.max(from, Number.MIN_SAFE_INTEGER)
    const starts = [this.#firstCall.get(least), this.#firstRollup.get(levelOf(DAY_MS, 'all'), least)].flatMap(
      (row) => (row ? [row.startedAt] : []),
    )
    return starts.length === 0 ? null : bucketStart(Math.min(...starts), DAY_MS)
  }

  /**
   * Counts the calls of one day and the feedback on them again, in one transaction. A day some of whose calls are gone
   * keeps what was counted of them.
   */
  rebuildDay(dayStart: number): void {
    const end = dayStart + DAY_MS
    const rebuild = this.#sqlite.transaction(() => {
      this.#feedbackRollup.rebuildDay(dayStart)
      if (this.#gone.isFrozen(dayStart)) return
      this.#rollup.clear(dayStart, end)
      // An hour at a time: a busy day has more calls than should be in memory together.
      for (let hour = dayStart; hour < end; hour += HOUR_MS) {
        for (const call of this.#calls.all(hour, hour + HOUR_MS)) this.#rollup.add(call)
      }
      this.#rollup.flush()
    })
    try {
      rebuild.immediate()
    } catch (error) {
      this.#rollup.discard()
      throw error
    }
  }
}
