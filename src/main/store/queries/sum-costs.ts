import type SqliteDatabase from 'better-sqlite3'
import type { Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import { readRows } from '../read-rows.ts'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import { coverKept, frozenDays } from './frozen-days.ts'

/** Whose calls: those that match every label that is given. */
export interface CostScope {
  app?: string | undefined
  /** The one that answered, else the one that was asked for. */
  model?: string | undefined
  userId?: string | undefined
}

export interface CostSumsRequest {
  /** epoch ms, `[from, to)`. On multiples of five minutes no call is looked at, but those of users. */
  from: number
  to: number
  scopes: readonly CostScope[]
}

export interface CostSums {
  requests: number
  unpricedRequests: number
  costNanos: number
  /** epoch ms: when the first of the calls started, or the bucket of the rollups that it is in; null without calls. */
  firstStart: number | null
}

/**
 * What calls cost, for many scopes with one look at the rollups. Sums are of whole numbers, so they do not depend on
 * what they were read from. The work grows with buckets and label sets, and for a user with what is theirs.
 *
 * @returns the sums in the order of the scopes.
 */
export function sumCosts(database: OpenDatabase, request: CostSumsRequest): CostSums[] {
  // One transaction, so that rollups and calls are of the same moment.
  return database.sqlite.transaction(() => new CostScan(database, request).run()).deferred()
}

type Row = CostSums & { app: string; model: string }

class CostScan {
  readonly #sqlite: SqliteDatabase.Database
  readonly #kysely: Kysely<Schema>
  readonly #request: CostSumsRequest
  readonly #frozen: ReadonlySet<number>

  constructor({ sqlite, kysely }: OpenDatabase, request: CostSumsRequest) {
    this.#frozen = frozenDays({ sqlite, kysely }, request)
    this.#sqlite = sqlite
    this.#kysely = kysely
    this.#request = request
  }

  run(): CostSums[] {
    const { scopes } = this.#request
    const ofAnyUser = scopes.filter(({ userId }) => userId === undefined)
    const rows = ofAnyUser.length > 0 ? this.#rows(!ofAnyUser.some(hasLabel)) : []
    const userIds = new Set(scopes.flatMap(({ userId }) => userId ?? []))
    const byUser = new Map([...userIds].map((userId) => [userId, this.#rowsOfUser(userId)]))
    return scopes.map((scope) => {
      const of = scope.userId === undefined ? rows : (byUser.get(scope.userId) ?? [])
      return sumOf(of.filter((row) => isIn(scope, row)))
    })
  }

  /** @param isOfAll labels are not looked at: there is a row or so for each width of the rollups. */
  #rows(isOfAll: boolean): Row[] {
    return coverKept(this.#request, [this.#request.from], this.#frozen).flatMap(({ from, to, source }) => {
      if (source === 'calls') {
        // By app_log_started_at.
        return this.#all(this.#calls().where('started_at', '>=', from).where('started_at', '<', to))
      }
      // By the primary key.
      const rollups = this.#kysely
        .selectFrom('call_rollup')
        .where('level', '=', levelOf(source, isOfAll ? 'all' : 'labelSet'))
        .where('bucket_start', '>=', from)
        .where('bucket_start', '<', to)
        .select([...ROLLUP_SUMS, sql<number>`min(bucket_start)`.as('firstStart')])
      if (isOfAll) return this.#all(rollups.select([sql`''`.as('app'), sql`''`.as('model')]))
      return this.#all(
        rollups
          .innerJoin('label_set', 'label_set.id', 'call_rollup.label_set_id')
          .select(['app', 'model'])
          .groupBy(['app', 'model']),
      )
    })
  }

  #rowsOfUser(userId: string): Row[] {
    const { from, to } = this.#request
    const user = this.#kysely.selectFrom('user').select('id').where('name', '=', userId)
    const indexed = coverKept({ from, to }, [from], this.#frozen, [DAY_MS]).flatMap((part) => {
      if (part.source === 'calls') {
        // By the primary key.
        const ids = this.#kysely
          .selectFrom('user_call')
          .select('app_log_id')
          .where('day_start', 'in', daysOf(part))
          .where('user_key', '=', user)
          .where('started_at', '>=', part.from)
          .where('started_at', '<', part.to)
        return this.#all(this.#calls().where('id', 'in', ids))
      }
      return this.#all(
        this.#kysely
          .selectFrom('user_rollup_day')
          .innerJoin('label_set', 'label_set.id', 'user_rollup_day.label_set_id')
          // By the primary key, day by day: between two days of a user lie all the others.
          .where('day_start', 'in', daysOf(part))
          .where('user_key', '=', user)
          .select([...ROLLUP_SUMS, 'app', 'model', sql<number>`min(day_start)`.as('firstStart')])
          .groupBy(['app', 'model']),
      )
    })
    // What the tables by user do not hold yet.
    const later = this.#calls()
      .where('id', '>', (eb) => eb.selectFrom('rollup_state').select('followed_up_to'))
      // Of frozen days they hold more, while they are made anew.
      .where(
        sql<boolean>`(id > (select kept_up_to from rollup_state) or app_log.started_at - app_log.started_at % ${sql.lit(DAY_MS)} not in (select day_start from frozen_day))`,
      )
      .where('user_id', '=', userId)
      // The unary plus keeps SQLite from the index by time: it would look through all of the range.
      .where(sql<number>`+app_log.started_at`, '>=', from)
      .where(sql<number>`+app_log.started_at`, '<', to)
    return [...indexed, ...this.#all(later)]
  }

  #calls() {
    const model = sql<string>`coalesce(model, request_model, '')`
    return this.#kysely
      .selectFrom('app_log')
      .where('is_step', '=', 0)
      .select([
        'app',
        model.as('model'),
        sql<number>`count(*)`.as('requests'),
        sql<number>`sum(cost_nanos is null)`.as('unpricedRequests'),
        sql<number>`total(cost_nanos)`.as('costNanos'),
        sql<number>`min(started_at)`.as('firstStart'),
      ])
      .groupBy(['app', model])
  }

  #all(query: Compilable): Row[] {
    return readRows<Row>(this.#sqlite, query)
  }
}

/** Where the days (UTC) begin that a range touches. */
function daysOf({ from, to }: { from: number; to: number }): number[] {
  const first = bucketStart(from, DAY_MS)
  return Array.from({ length: Math.ceil((to - first) / DAY_MS) }, (_, index) => first + index * DAY_MS)
}

/** Unlike `sum`, `total` does not fail on what is more than 2^63, and is as exact below 2^53. */
const ROLLUP_SUMS = [
  sql<number>`total(requests)`.as('requests'),
  sql<number>`total(unpriced_requests)`.as('unpricedRequests'),
  sql<number>`total(cost_nanos)`.as('costNanos'),
] as const

const hasLabel = ({ app, model }: CostScope) => app !== undefined || model !== undefined

function isIn({ app, model }: CostScope, row: Row): boolean {
  return (app === undefined || app === row.app) && (model === undefined || model === row.model)
}

function sumOf(rows: readonly Row[]): CostSums {
  const sum = (field: 'requests' | 'unpricedRequests' | 'costNanos') =>
    rows.reduce((total, row) => total + row[field], 0)
  const starts = rows.flatMap(({ firstStart }) => firstStart ?? [])
  return {
    requests: sum('requests'),
    unpricedRequests: sum('unpricedRequests'),
    costNanos: sum('costNanos'),
    firstStart: starts.length > 0 ? starts.reduce((a, b) => Math.min(a, b)) : null,
  }
}
