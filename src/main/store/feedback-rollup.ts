import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { BUCKET_WIDTHS_MS, bucketStart, DAY_MS } from './rollup-levels.ts'
import type { BucketWidth } from './rollup-levels.ts'
import type { Schema } from './schema.ts'

/** What is counted of feedback, in the order of the columns. */
export const FEEDBACK_COUNTS = [
  'rating_1',
  'rating_2',
  'rating_3',
  'rating_4',
  'rating_5',
  'resolved',
] as const satisfies readonly (keyof Schema['feedback_rollup'])[]
export type FeedbackCounts = Record<(typeof FEEDBACK_COUNTS)[number], number>

/** What the rollup needs of feedback. */
export interface CountableFeedback {
  filedAt: number
  /** Null: its call has not come. */
  labelSetId: number | null
  callUserId: string | null
  rating: number
  state: 'open' | 'resolved'
}

/** The columns that make a `CountableFeedback`. */
export const COUNTABLE_COLUMNS = [
  'filed_at as filedAt',
  'label_set_id as labelSetId',
  'call_user_id as callUserId',
  'rating',
  'state',
] as const

/** The number that the rollups of a width have in the table. */
export function feedbackLevelOf(width: BucketWidth): number {
  return BUCKET_WIDTHS_MS.indexOf(width)
}
/** That of the rollups by day and user of the calls. */
export const FEEDBACK_BY_USER_LEVEL = BUCKET_WIDTHS_MS.length

/** The label set of feedback whose call has not come. */
const NO_LABELS = 0
/** On levels that are not by user. */
const ANY_USER = ''

/**
 * Counts feedback in the transaction that changes it. Feedback is rarer than calls by far, so each goes to the table at
 * once. Used by the writer thread only.
 */
export class FeedbackRollup {
  readonly #add: SqliteDatabase.Statement
  readonly #deleteEmpty: SqliteDatabase.Statement<Key>
  readonly #deleteDay: SqliteDatabase.Statement<[number, number, number]>
  readonly #ofDay: SqliteDatabase.Statement<[number, number], CountableFeedback>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    const add = kysely
      .insertInto('feedback_rollup')
      .values({ level: 0, bucket_start: 0, label_set_id: 0, call_user_id: '', ...countsOf(1, 'open', 1) })
      .onConflict((conflict) =>
        conflict
          .columns(['level', 'bucket_start', 'label_set_id', 'call_user_id'])
          .doUpdateSet(
            Object.fromEntries(
              FEEDBACK_COUNTS.map((count) => [
                count,
                sql`${sql.ref(`feedback_rollup.${count}`)} + ${sql.ref(`excluded.${count}`)}`,
              ]),
            ),
          ),
      )
    // By the primary key.
    const deleteEmpty = FEEDBACK_COUNTS.reduce(
      (query, count) => query.where(count, '=', (eb) => eb.lit(0)),
      kysely
        .deleteFrom('feedback_rollup')
        .where('level', '=', 0)
        .where('bucket_start', '=', 0)
        .where('label_set_id', '=', 0)
        .where('call_user_id', '=', ''),
    )
    const deleteDay = kysely
      .deleteFrom('feedback_rollup')
      .where('level', '=', 0)
      .where('bucket_start', '>=', 0)
      .where('bucket_start', '<', 0)
    // By feedback_filed_at.
    const ofDay = kysely
      .selectFrom('feedback')
      .select(COUNTABLE_COLUMNS)
      .where('filed_at', '>=', 0)
      .where('filed_at', '<', 0)
    this.#add = sqlite.prepare(add.compile().sql)
    this.#deleteEmpty = sqlite.prepare(deleteEmpty.compile().sql)
    this.#deleteDay = sqlite.prepare(deleteDay.compile().sql)
    this.#ofDay = sqlite.prepare(ofDay.compile().sql)
  }

  /**
   * Counts feedback as it is now, inside the open transaction.
   *
   * @param count 1, or -1 to take it back as it was before it changed.
   */
  add(feedback: CountableFeedback, count: 1 | -1 = 1): void {
    const { filedAt, labelSetId, callUserId, rating, state } = feedback
    const counts = Object.values(countsOf(rating, state, count))
    const set = labelSetId ?? NO_LABELS
    const keys = BUCKET_WIDTHS_MS.map((width): Key => [
      feedbackLevelOf(width),
      bucketStart(filedAt, width),
      set,
      ANY_USER,
    ])
    if (callUserId !== null)
      keys.push([FEEDBACK_BY_USER_LEVEL, bucketStart(filedAt, DAY_MS), set, callUserId])
    for (const key of keys) {
      this.#add.run(...key, ...counts)
      if (count === -1) this.#deleteEmpty.run(...key)
    }
  }

  /** Counts the feedback of one day (UTC) again, inside the open transaction. */
  rebuildDay(dayStart: number): void {
    const end = dayStart + DAY_MS
    for (let level = 0; level <= FEEDBACK_BY_USER_LEVEL; level += 1) this.#deleteDay.run(level, dayStart, end)
    for (const feedback of this.#ofDay.all(dayStart, end)) this.add(feedback)
  }
}

type Key = [level: number, bucketStart: number, labelSetId: number, callUserId: string]

function countsOf(rating: number, state: CountableFeedback['state'], count: 1 | -1): FeedbackCounts {
  const ifRated = (value: number) => (rating === value ? count : 0)
  return {
    rating_1: ifRated(1),
    rating_2: ifRated(2),
    rating_3: ifRated(3),
    rating_4: ifRated(4),
    rating_5: ifRated(5),
    resolved: state === 'resolved' ? count : 0,
  }
}
