import type { Kysely } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { DurationDistribution } from '../duration-distribution.ts'
import type { Label } from '../label-sets.ts'
import type { Grain } from '../rollup-levels.ts'
import { ALL_LABELS, DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { Summable, Sums } from '../sums.ts'
import { addSums, addToSums, emptySums, SUMS } from '../sums.ts'
import type { CallQuery, CallSelection } from './call-selector.ts'
import { CallSelector, EXACT_CALLS_MAX, labelExpression } from './call-selector.ts'
import type { RangePart } from './cover-range.ts'
import { rollupStretches } from './cover-range.ts'
import { coverKept, splitAtFrozen } from './frozen-days.ts'
import { lastAtOrBefore } from './last-at-or-before.ts'
import { mostActiveUsers } from './most-active-users.ts'

export interface StatisticsRequest extends CallSelection {
  /** Where buckets begin, epoch ms, ascending, the first at `from` or before; null: one bucket for the whole range. */
  edges: readonly number[] | null
  /** A set of statistics for each value of a label; null: one for all. */
  groupBy: Label | 'user' | null
  /** How many of them, those with the most requests. */
  groupsMax?: number
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

/** The names of so few are looked up one by one. */
const FEW_LABEL_SETS = 500

type TimeRange = Pick<CallSelection, 'from' | 'to'>

type Group = { key: string; t: number; sums: Sums; durations: DurationDistribution }

class Scan {
  readonly #kysely: Kysely<Schema>
  readonly #calls: CallSelector
  readonly #request: StatisticsRequest
  readonly #exactCallsMax: number
  readonly #edges: readonly number[]
  readonly #frozen: ReadonlySet<number>
  readonly #groups = new Map<string, Map<number, Group>>()
  readonly #keysByLabel = new Map<Label, Map<number, string>>()

  constructor(database: OpenDatabase, request: StatisticsRequest, exactCallsMax: number) {
    this.#kysely = database.kysely
    this.#calls = new CallSelector(database, request)
    this.#request = request
    this.#exactCallsMax = exactCallsMax
    this.#edges = request.edges ?? [request.from]
    this.#frozen = this.#calls.frozenDays()
  }

  run(): GroupStatistics[] {
    const { userId, groupBy } = this.#request
    const isExact = userId !== undefined || this.#calls.areFewerThan(this.#exactCallsMax)
    const pieces = isExact
      ? splitAtFrozen(this.#request, this.#frozen)
      : [{ from: this.#request.from, to: this.#request.to, isFrozen: true }]
    for (const piece of pieces) {
      if (piece.isFrozen && userId !== undefined) this.#addFrozenUser(piece, userId)
      else if (piece.isFrozen && groupBy === 'user') this.#addUserRollups(piece)
      else if (piece.isFrozen) this.#addRollups(piece)
      else if (userId === undefined) this.#addCalls(this.#calls.in(piece))
      else for (const calls of this.#calls.ofUser(userId, piece)) this.#addCalls(calls)
    }
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

  /** The groups with the most requests, so that no answer grows with the number of users. */
  #largest(): Map<number, Group>[] {
    const { groupsMax = LIMITS.breakdownRows } = this.#request
    const groups = [...this.#groups.values()]
    if (groups.length <= groupsMax) return groups
    const requests = (buckets: Map<number, Group>) =>
      [...buckets.values()].reduce((sum, { sums }) => sum + sums.requests, 0)
    return groups.sort((a, b) => requests(b) - requests(a)).slice(0, groupsMax)
  }

  #group(key: string, time: number): Group {
    const t = this.#request.edges === null ? this.#request.from : lastAtOrBefore(this.#edges, time)
    let buckets = this.#groups.get(key)
    if (!buckets) this.#groups.set(key, (buckets = new Map<number, Group>()))
    let group = buckets.get(t)
    if (!group) buckets.set(t, (group = { key, t, sums: emptySums(), durations: new DurationDistribution() }))
    return group
  }

  #addRollups(range: TimeRange): void {
    const parts = coverKept(range, this.#edges, this.#frozen)
    const stretches = rollupStretches(parts)
    const grain = this.#grain(stretches.length)
    for (const part of parts) this.#addPart(part, grain)
    if (grain === 'all' || grain === 'labelSet') return
    for (const stretch of stretches) this.#addCalls(this.#calls.notFollowed(stretch))
  }

  /**
   * The coarsest rollups that tell apart what is asked for. Those of a label alone follow the calls, and what they do not
   * hold yet is looked through for each stretch of time: when that is much, those of label sets are read, which hold all.
   */
  #grain(stretches: number): Grain {
    const { groupBy } = this.#request
    const labels = new Set(this.#calls.labels())
    if (groupBy !== null && groupBy !== 'user') labels.add(groupBy)
    const [label] = labels
    if (label === undefined) return 'all'
    return labels.size > 1 || this.#calls.ahead() * stretches > EXACT_CALLS_MAX ? 'labelSet' : label
  }

  #addPart(part: RangePart, grain: Grain): void {
    if (part.source === 'calls') return this.#addCalls(this.#calls.in(part))
    const { groupBy } = this.#request
    // By the primary key.
    let query = this.#kysely
      .selectFrom('call_rollup')
      .select(['bucket_start as start', 'label_set_id as labelSetId', ...SUMS, 'duration_histogram'])
      .where('level', '=', levelOf(part.source, grain))
      .where('bucket_start', '>=', part.from)
      .where('bucket_start', '<', part.to)
    if (this.#calls.labels().length > 0) {
      query = query.where('label_set_id', 'in', this.#calls.labelSets())
    }
    const rows = this.#calls.read<RollupRow>(query)
    const keys = groupBy === null || groupBy === 'user' ? null : this.#keysOf(groupBy, rows)
    for (const row of rows) {
      const { sums, durations } = this.#group(keys?.get(row.labelSetId) ?? '', row.start)
      addSums(sums, row)
      durations.merge(row.duration_histogram)
    }
  }

  /** A label's value by label set, of those that some rows are of at least. */
  #keysOf(label: Label, rows: readonly RollupRow[]): ReadonlyMap<number, string> {
    const known = this.#keysByLabel.get(label) ?? new Map<number, string>()
    this.#keysByLabel.set(label, known)
    const missing = new Set<number>()
    for (const { labelSetId } of rows) if (!known.has(labelSetId)) missing.add(labelSetId)
    if (missing.size === 0) return known
    let named = this.#kysely.selectFrom('label_set').select(['id', `${label} as key`])
    if (missing.size <= FEW_LABEL_SETS) named = named.where('id', 'in', [...missing])
    for (const { id, key } of this.#calls.read<{ id: number; key: string }>(named)) known.set(id, key)
    return known
  }

  /** Of the users with the most calls only, so that the work does not grow with the number of users. */
  #addUserRollups(range: TimeRange): void {
    const names = mostActiveUsers(this.#kysely, this.#calls, range, LIMITS.breakdownRows)
    const keys = [...names.keys()]
    // The rollups by user are of whole days (UTC).
    for (const { from, to, source } of coverKept(range, [range.from], this.#frozen, [DAY_MS])) {
      if (source === 'calls') this.#addCalls(this.#calls.ofUsers(keys, { from, to }))
      else for (let day = from; day < to; day += DAY_MS) this.#addUserDay(day, names)
    }
    this.#addCalls(this.#calls.notFollowed(range))
  }

  /** Of one user what is left of days whose calls are gone. */
  #addFrozenUser(range: TimeRange, userId: string): void {
    const { groupBy } = this.#request
    const label = groupBy === null || groupBy === 'user' ? null : groupBy
    // By the unique index on the name.
    const named = this.#kysely.selectFrom('user').select(['id', 'name']).where('name', '=', userId)
    const names = new Map(
      this.#calls.read<{ id: number; name: string }>(named).map(({ id, name }) => [id, name]),
    )
    for (const { from, to, source } of coverKept(range, [range.from], this.#frozen, [DAY_MS])) {
      if (source === 'calls') continue
      for (let day = from; day < to; day += DAY_MS) this.#addUserDay(day, names, label)
    }
    this.#addCalls(this.#calls.notFollowed(range).where('user_id', '=', userId))
  }

  /** @param label by which the day is grouped; absent: it is by user. */
  #addUserDay(day: number, names: ReadonlyMap<number, string>, label: Label | null = null): void {
    // By the primary key.
    let query = this.#kysely
      .selectFrom('user_rollup_day')
      .select(['user_key as userKey', 'label_set_id as labelSetId', ...SUMS, 'duration_histogram'])
      .where('day_start', '=', day)
      .where('user_key', 'in', [...names.keys()])
    query =
      label || this.#calls.labels().length > 0
        ? query.where('label_set_id', 'in', this.#calls.labelSets())
        : query.where('label_set_id', '=', ALL_LABELS)
    const rows = this.#calls.read<RollupRow & { userKey: number }>(query)
    const keys = label && this.#keysOf(label, rows)
    for (const row of rows) {
      const isByUser = this.#request.groupBy === 'user'
      const key = isByUser ? names.get(row.userKey) : keys?.get(row.labelSetId)
      const { sums, durations } = this.#group(key ?? '', day)
      addSums(sums, row)
      durations.merge(row.duration_histogram)
    }
  }

  /** Counts calls one by one. */
  #addCalls(calls: CallQuery): void {
    const { groupBy, from } = this.#request
    let query = this.#calls.matching(calls).select(CALL_COLUMNS)
    if (groupBy === 'user') query = query.where('user_id', 'is not', null)
    const keyed = query.select((eb) =>
      (groupBy === null
        ? eb.val('')
        : groupBy === 'user'
          ? eb.ref('user_id')
          : labelExpression(eb, groupBy)
      ).as('key'),
    )
    for (const row of this.#calls.read<Summable & { key: string; startedAt: number }>(keyed)) {
      const { sums, durations } = this.#group(row.key, Math.max(row.startedAt, from))
      addToSums(sums, row)
      if (row.durationUs !== null) durations.add(row.durationUs)
    }
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
