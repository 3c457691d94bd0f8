import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { OpenDatabase } from '../database.ts'
import type { BucketWidth } from '../rollup-levels.ts'
import { DAY_MS, HOUR_MS, levelOf } from '../rollup-levels.ts'
import type { Measure } from '../top-call-tables.ts'
import { MEASURES, TOP_CALL_WIDTHS_MS } from '../top-call-tables.ts'
import type { RankedCall } from '../top-cell.ts'
import { compareRanked, unpackRanked } from '../top-cell.ts'
import type { CallQuery, CallSelection } from './call-selector.ts'
import { CallSelector, EXACT_CALLS_MAX } from './call-selector.ts'
import { coverRange } from './cover-range.ts'
import { ITEM_COLUMNS, toItem } from './list-calls.ts'

export interface TopCallsRequest extends CallSelection {
  by: Measure
  /** At most `LIMITS.topCalls`. */
  limit: number
}

/**
 * The calls that took longest or cost most; of equal ones, the last that were stored. Those that do not tell it are not
 * among them. The work grows with buckets and label sets, not with calls.
 *
 * @param exactCallsMax a range with no more calls is read from the calls themselves.
 */
export function topCalls(
  database: OpenDatabase,
  request: TopCallsRequest,
  exactCallsMax: number = EXACT_CALLS_MAX,
): AppLogItem[] {
  // One transaction, so that tables and calls are of the same moment.
  return database.sqlite.transaction(() => new TopCallScan(database, request).run(exactCallsMax)).deferred()
}

/** Calls that are found, for each that is wanted, before they are looked through. */
const FOUND_PER_WANTED = 20
const COLUMNS = { duration: 'duration_us', cost: 'cost_nanos' } as const

class TopCallScan {
  readonly #kysely: OpenDatabase['kysely']
  readonly #calls: CallSelector
  readonly #request: TopCallsRequest
  /** Values by id; a call may be found in several ways. */
  readonly #found = new Map<number, number>()
  /** So many calls have this value or more: one that has less is not among those asked for. */
  #floor = -Infinity

  constructor(database: OpenDatabase, request: TopCallsRequest) {
    this.#kysely = database.kysely
    this.#calls = new CallSelector(database, request)
    this.#request = request
  }

  run(exactCallsMax: number): AppLogItem[] {
    const { userId } = this.#request
    if (userId !== undefined) for (const calls of this.#calls.ofUser(userId)) this.#takeCalls(calls)
    else if (this.#calls.areFewerThan(exactCallsMax)) this.#takeCalls(this.#calls.in(this.#request))
    else {
      for (const { from, to, source } of coverRange(
        this.#request,
        [this.#request.from],
        TOP_CALL_WIDTHS_MS,
      )) {
        if (source === 'calls') this.#takeCalls(this.#calls.in({ from, to }))
        else this.#takeBuckets(source, from, to)
      }
      this.#takeCalls(this.#calls.notFollowed(this.#request))
    }
    return this.#items(this.#ranked())
  }

  #ranked(): RankedCall[] {
    const all = [...this.#found].map(([id, value]) => ({ id, value }))
    return all.sort(compareRanked).slice(0, this.#request.limit)
  }

  #take({ id, value }: RankedCall): void {
    this.#found.set(id, value)
    if (this.#found.size < this.#request.limit * FOUND_PER_WANTED) return
    // Most buckets have few that are among the greatest of all: what is not is dropped before it is many.
    const ranked = this.#ranked()
    this.#found.clear()
    for (const call of ranked) this.#found.set(call.id, call.value)
    this.#floor = ranked.at(-1)?.value ?? -Infinity
  }

  #takeCalls(calls: CallQuery): void {
    const { by, limit } = this.#request
    const column = COLUMNS[by]
    const query = this.#calls
      .matching(calls)
      .select(['id', `${column} as value`])
      .where(column, 'is not', null)
      .orderBy(column, 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
    for (const { id, value } of this.#calls.read<RankedCall>(query)) this.#take({ id, value })
  }

  #takeBuckets(width: BucketWidth, from: number, to: number): void {
    const { by, limit } = this.#request
    // By the primary key.
    const query = this.#kysely
      .selectFrom('top_call')
      .select(['bucket_start as start', 'is_short as isShort', 'calls'])
      .where('measure', '=', MEASURES[by])
      .where('level', '=', levelOf(width, 'labelSet'))
      .where('bucket_start', '>=', from)
      .where('bucket_start', '<', to)
      .where('label_set_id', 'in', this.#calls.labelSets())
    const withGaps = new Set<number>()
    for (const row of this.#calls.read<{ start: number; isShort: number; calls: Uint8Array }>(query)) {
      const top = unpackRanked(row.calls)
      for (const call of top.slice(0, limit)) {
        if (call.value < this.#floor) break
        this.#take(call)
      }
      if (row.isShort === 1 && top.length < limit) withGaps.add(row.start)
    }
    for (const start of withGaps) {
      if (width === DAY_MS) this.#takeBuckets(HOUR_MS, start, start + DAY_MS)
      else this.#takeCalls(this.#calls.in({ from: start, to: start + HOUR_MS }))
    }
  }

  #items(ranked: readonly RankedCall[]): AppLogItem[] {
    // By the primary key.
    const query = this.#kysely
      .selectFrom('app_log')
      .select(ITEM_COLUMNS)
      .where(
        'id',
        'in',
        ranked.map(({ id }) => id),
      )
    const items = new Map(
      this.#calls.read<Parameters<typeof toItem>[0]>(query).map((row) => [row.id, toItem(row)]),
    )
    return ranked.flatMap(({ id }) => items.get(id) ?? [])
  }
}
