import type SqliteDatabase from 'better-sqlite3'
import type { Compilable, ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import { FOLLOW_AHEAD_MAX } from '../call-follower.ts'
import type { OpenDatabase } from '../database.ts'
import type { Label } from '../label-sets.ts'
import { UNNAMED_ERROR_TYPE } from '../label-sets.ts'
import { readRows } from '../read-rows.ts'
import { bucketStart, DAY_MS, HOUR_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import { frozenDays } from './frozen-days.ts'

/** Which calls a question is about. */
export interface CallSelection {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /** Labels that must match; an absent one matches all. */
  labels: Partial<Record<Label, string | undefined>>
  userId?: string | undefined
}

type TimeRange = Pick<CallSelection, 'from' | 'to'>

export type CallQuery = SelectQueryBuilder<Schema, 'app_log', object>

/** A range with no more calls than this is read from the calls themselves. */
export const EXACT_CALLS_MAX = 20_000

/** How far the tables that follow have got: ids of calls. */
interface Followed {
  upTo: number
  keptUpTo: number
  lastId: number
}

/**
 * The calls of a selection, by whichever index finds them, and the label sets that the rollups count them under. For one
 * transaction: how far the tables have followed is looked up once.
 */
export class CallSelector {
  readonly #sqlite: SqliteDatabase.Database
  readonly #kysely: Kysely<Schema>
  readonly #selection: CallSelection
  #followedTo: Followed | undefined

  constructor({ sqlite, kysely }: OpenDatabase, selection: CallSelection) {
    this.#sqlite = sqlite
    this.#kysely = kysely
    this.#selection = selection
  }

  read<Row>(query: Compilable): Row[] {
    return readRows<Row>(this.#sqlite, query)
  }

  /** By the primary key of the rollup: an upper bound from whole hours or days, whichever are fewer. */
  areFewerThan(limit: number): boolean {
    const { from, to } = this.#selection
    const width = to - from > 60 * DAY_MS ? DAY_MS : HOUR_MS
    const [row] = this.read<{ calls: number | null }>(
      this.#kysely
        .selectFrom('call_rollup')
        .select((eb) => eb.fn.sum<number | null>('requests').as('calls'))
        .where('level', '=', levelOf(width, 'all'))
        .where('bucket_start', '>', from - width)
        .where('bucket_start', '<', to),
    )
    return (row?.calls ?? 0) <= limit
  }

  /** Calls of a range, whatever their labels, by app_log_started_at. */
  in({ from, to }: TimeRange): CallQuery {
    return this.#kysely.selectFrom('app_log').where('started_at', '>=', from).where('started_at', '<', to)
  }

  /** Days some of whose calls are gone. */
  frozenDays(): ReadonlySet<number> {
    return frozenDays({ sqlite: this.#sqlite, kysely: this.#kysely }, this.#selection)
  }

  /** Those of a user that are followed, and those that are not yet. */
  ofUser(userId: string, range: TimeRange = this.#selection): CallQuery[] {
    const [key] = this.read<{ id: number }>(
      // By the unique index on the name.
      this.#kysely.selectFrom('user').select('id').where('name', '=', userId),
    )
    const later = this.notFollowed(range).where('user_id', '=', userId)
    return key ? [this.ofUsers([key.id], range), later] : [later]
  }

  /** Those of some users in a range that are followed, day by day by the primary key of `user_call`. */
  ofUsers(userKeys: readonly number[], { from, to }: TimeRange): CallQuery {
    const ids = this.#kysely
      .selectFrom('call_rollup as day')
      // Days first: between two days of a user lie all the others.
      .crossJoin('user_call')
      .where('day.level', '=', levelOf(DAY_MS, 'all'))
      .where('day.bucket_start', '>=', bucketStart(from, DAY_MS))
      .where('day.bucket_start', '<', to)
      .whereRef('user_call.day_start', '=', 'day.bucket_start')
      .where('user_call.user_key', 'in', userKeys)
      .where('user_call.started_at', '>=', from)
      .where('user_call.started_at', '<', to)
      .select('user_call.app_log_id')
    return this.#kysely.selectFrom('app_log').where('id', 'in', ids)
  }

  /** How many calls the tables that follow do not hold yet, at most. */
  ahead(): number {
    const { upTo, lastId } = this.#followed()
    return lastId - upTo
  }

  /** Calls of a range that the tables that follow do not hold yet, by the primary key: they are the last few. */
  notFollowed(range: TimeRange): CallQuery {
    const { upTo, keptUpTo } = this.#followed()
    const later = this.#laterThan(upTo, range)
    // Of frozen days they hold more, while they are made anew.
    if (keptUpTo <= upTo) return later
    const frozen = this.#kysely.selectFrom('frozen_day').select('day_start')
    return later.where((eb) =>
      eb.or([
        eb('id', '>', keptUpTo),
        eb(sql<number>`app_log.started_at - app_log.started_at % ${sql.lit(DAY_MS)}`, 'not in', frozen),
      ]),
    )
  }

  #laterThan(upTo: number, range: TimeRange): CallQuery {
    // After a rebuild they are many, and fewer in the range.
    if (this.ahead() > FOLLOW_AHEAD_MAX) return this.in(range).where('id', '>', upTo)
    return (
      this.#kysely
        .selectFrom('app_log')
        .where('id', '>', upTo)
        // The unary plus keeps SQLite from the index by time: it would look through all of the range.
        .where(sql<number>`+app_log.started_at`, '>=', range.from)
        .where(sql<number>`+app_log.started_at`, '<', range.to)
    )
  }

  /** Those of the calls that have the labels and are counted. */
  matching(calls: CallQuery): CallQuery {
    return this.#wanted().reduce(
      (query, [label, value]) => query.where((eb) => eb(labelExpression(eb, label), '=', value)),
      calls.where('is_step', '=', 0),
    )
  }

  /** The numbers of the label sets that match. */
  labelSets() {
    let sets = this.#kysely.selectFrom('label_set').select('id')
    for (const [label, value] of this.#wanted()) sets = sets.where(label, '=', value)
    return sets
  }

  /** Which labels must match. */
  labels(): Label[] {
    return this.#wanted().map(([label]) => label)
  }

  #followed(): Followed {
    if (this.#followedTo) return this.#followedTo
    const state = this.#kysely
      .selectFrom('rollup_state')
      .select((eb) => [
        'followed_up_to as upTo',
        'kept_up_to as keptUpTo',
        eb.selectFrom('app_log').select(eb.fn.max('id').as('id')).as('lastId'),
      ])
    const [row] = this.read<{ upTo: number; keptUpTo: number; lastId: number | null }>(state)
    this.#followedTo = { upTo: row?.upTo ?? 0, keptUpTo: row?.keptUpTo ?? 0, lastId: row?.lastId ?? 0 }
    return this.#followedTo
  }

  #wanted(): [Label, string][] {
    return Object.entries(this.#selection.labels).flatMap(([label, value]) =>
      value === undefined ? [] : [[label as Label, value] as [Label, string]],
    )
  }
}

/** The label under which the rollups count a call. */
export function labelExpression(eb: ExpressionBuilder<Schema, 'app_log'>, label: Label) {
  if (label === 'model') return eb.fn.coalesce('model', 'request_model', eb.val(''))
  const value = eb.fn.coalesce(label, eb.val(label === 'error_type' ? UNNAMED_ERROR_TYPE : ''))
  return label === 'error_type' ? eb.case().when('status', '=', 'ok').then('').else(value).end() : value
}
