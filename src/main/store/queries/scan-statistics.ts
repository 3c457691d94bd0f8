import type SqliteDatabase from 'better-sqlite3'
import type { CompiledQuery, ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import { DurationDistribution } from '../duration-distribution.ts'
import type { Label } from '../label-sets.ts'
import { UNNAMED_ERROR_TYPE } from '../label-sets.ts'
import type { OpenDatabase } from '../database.ts'
import { ALL_LABELS, DAY_MS, HOUR_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { Summable, Sums } from '../sums.ts'
import { addSums, addToSums, emptySums, SUMS } from '../sums.ts'
import type { RangePart } from './cover-range.ts'
import { coverRange } from './cover-range.ts'

export interface StatisticsRequest {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /** Labels that must match; an absent one matches all. */
  labels: Partial<Record<Label, string | undefined>>
  userId?: string | undefined
  /** Where buckets begin, epoch ms, ascending, the first at `from` or before; null: one bucket for the whole range. */
  edges: readonly number[] | null
  /** A set of statistics for each value of a label; null: one for all. */
  groupBy: Label | 'user' | null
}

/** What is known of the calls of one group and bucket. */
export interface GroupStatistics {
  /** The value of the label that was grouped by; '' where a call has none, and without groups. */
  key: string
  /** Start of the bucket, epoch ms; `from` when there is one bucket. */
  t: number
  sums: Sums
  p50Us: number | null
  p95Us: number | null
  p99Us: number | null
}

/** A range with no more calls than this is read from the calls themselves: its percentiles are exact. */
const EXACT_CALLS_MAX = 20_000

/** Groups that an answer holds: those with the most calls. */
const GROUPS_MAX = 1_000

/**
 * Aggregates calls by label and by bucket of their start. Ranges with few calls are read call by call and are exact.
 * Longer ones come from rollups, and from calls only at the ends and where no rollup lies within a bucket: the work
 * grows with buckets and label sets, not with calls.
 *
 * @param exactCallsMax a range with no more calls is read from the calls themselves.
 * @returns the groups and buckets that have calls, in no particular order.
 */
export function scanStatistics(
  database: OpenDatabase,
  request: StatisticsRequest,
  exactCallsMax: number = EXACT_CALLS_MAX,
): GroupStatistics[] {
  // One transaction, so that rollups and calls are of the same moment.
  return database.sqlite.transaction(() => new Scan(database, request, exactCallsMax).run()).deferred()
}

/** How many users have a call in the range that matches. */
export function countUsers(
  database: OpenDatabase,
  request: StatisticsRequest,
  exactCallsMax: number = EXACT_CALLS_MAX,
): number {
  return database.sqlite.transaction(() => new Scan(database, request, exactCallsMax).users().size).deferred()
}

type CallQuery = SelectQueryBuilder<Schema, 'app_log', object>
type Group = { key: string; t: number; sums: Sums; durations: DurationDistribution }

class Scan {
  readonly #sqlite: SqliteDatabase.Database
  readonly #kysely: Kysely<Schema>
  readonly #request: StatisticsRequest
  readonly #exactCallsMax: number
  readonly #edges: readonly number[]
  readonly #groups = new Map<string, Map<number, Group>>()

  constructor({ sqlite, kysely }: OpenDatabase, request: StatisticsRequest, exactCallsMax: number) {
    this.#sqlite = sqlite
    this.#kysely = kysely
    this.#request = request
    this.#exactCallsMax = exactCallsMax
    this.#edges = request.edges ?? [request.from]
  }

  run(): GroupStatistics[] {
    const { userId, groupBy } = this.#request
    if (userId !== undefined) for (const calls of this.#callsOfUser(userId)) this.#addCalls(calls)
    else if (this.#hasFewCalls()) this.#addCalls(this.#callsOf(this.#request))
    else if (groupBy === 'user') this.#addUserRollups()
    else for (const part of coverRange(this.#request, this.#edges)) this.#addPart(part)
    return this.#largest().flatMap((buckets) =>
      [...buckets.values()].map(({ key, t, sums, durations }) => ({
        key,
        t,
        sums,
        p50Us: durations.percentileUs(0.5),
        p95Us: durations.percentileUs(0.95),
        p99Us: durations.percentileUs(0.99),
      })),
    )
  }

  users(): Set<string> {
    const users = new Set<string>()
    const take = (query: CompiledQuery) => {
      for (const { userId } of this.#all<{ userId: string }>(query)) users.add(userId)
    }
    const takeCalls = (calls: CallQuery) => {
      const named = this.#matching(calls).where('user_id', 'is not', null)
      take(named.select('user_id as userId').distinct().compile())
    }
    const { userId } = this.#request
    if (userId !== undefined) for (const calls of this.#callsOfUser(userId)) takeCalls(calls)
    else if (this.#hasFewCalls()) takeCalls(this.#callsOf(this.#request))
    else {
      for (const { from, to, source } of this.#days()) {
        if (source === 'calls') {
          takeCalls(this.#callsOf({ from, to }))
          continue
        }
        // By the primary key.
        const keys = this.#kysely
          .selectFrom('user_rollup_day')
          .select('user_key')
          .distinct()
          .where('day_start', '>=', from)
          .where('day_start', '<', to)
          .where('label_set_id', 'in', this.#labelSetsOf())
        take(this.#kysely.selectFrom('user').select('name as userId').where('id', 'in', keys).compile())
        takeCalls(this.#notIndexed({ from, to }))
      }
    }
    return users
  }

  /** The groups with the most calls, so that no answer grows with the number of users. */
  #largest(): Map<number, Group>[] {
    const groups = [...this.#groups.values()]
    if (groups.length <= GROUPS_MAX) return groups
    const requests = (buckets: Map<number, Group>) =>
      [...buckets.values()].reduce((sum, { sums }) => sum + sums.requests, 0)
    return groups.sort((a, b) => requests(b) - requests(a)).slice(0, GROUPS_MAX)
  }

  #group(key: string, time: number): Group {
    const t = this.#request.edges === null ? this.#request.from : lastAtOrBefore(this.#edges, time)
    let buckets = this.#groups.get(key)
    if (!buckets) this.#groups.set(key, (buckets = new Map<number, Group>()))
    let group = buckets.get(t)
    if (!group) buckets.set(t, (group = { key, t, sums: emptySums(), durations: new DurationDistribution() }))
    return group
  }

  /** By the primary key of the rollup: an upper bound from whole hours or days, whichever are fewer. */
  #hasFewCalls(): boolean {
    const { from, to } = this.#request
    const width = to - from > 60 * DAY_MS ? DAY_MS : HOUR_MS
    const [row] = this.#all<{ calls: number | null }>(
      this.#kysely
        .selectFrom('call_rollup')
        .select((eb) => eb.fn.sum<number | null>('requests').as('calls'))
        .where('level', '=', levelOf(width, true))
        .where('bucket_start', '>', from - width)
        .where('bucket_start', '<', to)
        .compile(),
    )
    return (row?.calls ?? 0) <= this.#exactCallsMax
  }

  #addPart(part: RangePart): void {
    if (part.source === 'calls') return this.#addCalls(this.#callsOf(part))
    const { labels, groupBy } = this.#request
    const isOfAll = groupBy === null && Object.values(labels).every((value) => value === undefined)
    // By the primary key.
    let query = this.#kysely
      .selectFrom('call_rollup')
      .select(['bucket_start as start', 'label_set_id as labelSetId', ...SUMS, 'duration_histogram'])
      .where('level', '=', levelOf(part.source, isOfAll))
      .where('bucket_start', '>=', part.from)
      .where('bucket_start', '<', part.to)
    if (isOfAll) query = query.where('label_set_id', '=', ALL_LABELS)
    else query = query.where('label_set_id', 'in', this.#labelSetsOf())
    const keys = groupBy === null || groupBy === 'user' ? null : this.#keysOf(groupBy)
    for (const row of this.#all<RollupRow>(query.compile())) {
      const { sums, durations } = this.#group(keys?.get(row.labelSetId) ?? '', row.start)
      addSums(sums, row)
      durations.merge(row.duration_histogram)
    }
  }

  /** The label sets that match. */
  #labelSetsOf() {
    let sets = this.#kysely.selectFrom('label_set').select('id')
    for (const [label, value] of this.#wanted()) sets = sets.where(label, '=', value)
    return sets
  }

  /** A label's value by label set. */
  #keysOf(label: Label): Map<number, string> {
    const rows = this.#all<{ id: number; key: string }>(
      this.#kysely
        .selectFrom('label_set')
        .select(['id', `${label} as key`])
        .compile(),
    )
    return new Map(rows.map(({ id, key }) => [id, key]))
  }

  #wanted(): [Label, string][] {
    return Object.entries(this.#request.labels).flatMap(([label, value]) =>
      value === undefined ? [] : [[label as Label, value] as [Label, string]],
    )
  }

  /** By app_log_started_at. */
  #callsOf({ from, to }: { from: number; to: number }): CallQuery {
    return this.#kysely.selectFrom('app_log').where('started_at', '>=', from).where('started_at', '<', to)
  }

  /** By the primary key of `user_call`, and what is not in there yet by that of the calls. */
  #callsOfUser(userId: string): CallQuery[] {
    const { from, to } = this.#request
    const indexed = this.#kysely
      .selectFrom('user')
      .innerJoin('user_call', 'user_call.user_key', 'user.id')
      .where('user.name', '=', userId)
      .where('user_call.started_at', '>=', from)
      .where('user_call.started_at', '<', to)
      .select('user_call.app_log_id')
    return [
      this.#kysely.selectFrom('app_log').where('id', 'in', indexed),
      this.#notIndexed(this.#request).where('user_id', '=', userId),
    ]
  }

  /** Calls of the range that the tables by user do not hold yet. */
  #notIndexed({ from, to }: { from: number; to: number }): CallQuery {
    return (
      this.#kysely
        .selectFrom('app_log')
        .where('id', '>', (eb) => eb.selectFrom('rollup_state').select('users_up_to'))
        // The unary plus keeps SQLite from the index by time: it would look through all of the range.
        .where(sql<number>`+app_log.started_at`, '>=', from)
        .where(sql<number>`+app_log.started_at`, '<', to)
    )
  }

  /** What the rollups by user can answer, which are of whole days (UTC). */
  #days(): RangePart[] {
    return coverRange(this.#request, [this.#request.from], [DAY_MS])
  }

  #addUserRollups(): void {
    for (const { from, to, source } of this.#days()) {
      if (source === 'calls') {
        this.#addCalls(this.#callsOf({ from, to }))
        continue
      }
      // By the primary key.
      const query = this.#kysely
        .selectFrom('user_rollup_day')
        .innerJoin('user', 'user.id', 'user_rollup_day.user_key')
        .select(['user.name as key', ...SUMS, 'duration_histogram'])
        .where('day_start', '>=', from)
        .where('day_start', '<', to)
        .where('label_set_id', 'in', this.#labelSetsOf())
      for (const row of this.#all<RollupRow & { key: string }>(query.compile())) {
        const { sums, durations } = this.#group(row.key, from)
        addSums(sums, row)
        durations.merge(row.duration_histogram)
      }
      this.#addCalls(this.#notIndexed({ from, to }))
    }
  }

  /** Counts calls one by one. */
  #addCalls(calls: CallQuery): void {
    const { groupBy, from } = this.#request
    let query = this.#matching(calls).select(CALL_COLUMNS)
    if (groupBy === 'user') query = query.where('user_id', 'is not', null)
    const keyed = query.select((eb) =>
      (groupBy === null
        ? eb.val('')
        : groupBy === 'user'
          ? eb.ref('user_id')
          : labelExpression(eb, groupBy)
      ).as('key'),
    )
    for (const row of this.#all<Summable & { key: string; startedAt: number }>(keyed.compile())) {
      const { sums, durations } = this.#group(row.key, Math.max(row.startedAt, from))
      addToSums(sums, row)
      if (row.durationUs !== null) durations.add(row.durationUs)
    }
  }

  #matching(calls: CallQuery): CallQuery {
    return this.#wanted().reduce(
      (query, [label, value]) => query.where((eb) => eb(labelExpression(eb, label), '=', value)),
      calls.where('is_step', '=', 0),
    )
  }

  #all<Row>({ sql, parameters }: CompiledQuery): Row[] {
    return this.#sqlite.prepare<unknown[], Row>(sql).all(...parameters)
  }
}

interface RollupRow extends Sums {
  start: number
  labelSetId: number
  duration_histogram: Uint8Array
}

const CALL_COLUMNS = [
  'status',
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

/** The label under which the rollups count a call. */
function labelExpression(eb: ExpressionBuilder<Schema, 'app_log'>, label: Label) {
  if (label === 'model') return eb.fn.coalesce('model', 'request_model', eb.val(''))
  const value = eb.fn.coalesce(label, eb.val(label === 'error_type' ? UNNAMED_ERROR_TYPE : ''))
  return label === 'error_type' ? eb.case().when('status', '=', 'ok').then('').else(value).end() : value
}

/** @param edges ascending, the first at `time` or before. */
function lastAtOrBefore(edges: readonly number[], time: number): number {
  let low = 0
  let high = edges.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((edges[middle] ?? 0) <= time) low = middle
    else high = middle - 1
  }
  return edges[low] ?? time
}
