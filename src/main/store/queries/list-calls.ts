import type { Compilable, Kysely, Selectable, SelectQueryBuilder } from 'kysely'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import type { Label } from '../label-sets.ts'
import { LABELS } from '../label-sets.ts'
import { readRows } from '../read-rows.ts'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { CallConditions } from './call-conditions.ts'
import { conditionsOf, hasConditions } from './call-conditions.ts'
import type { CallPlace } from './call-places.ts'
import { comparePlaces, placesOfLabels, placesOfUser } from './call-places.ts'
import { CallSelector, labelExpression } from './call-selector.ts'
import { placeOfRequest, placesOfTrace, placesWithFeedback } from './certain-places.ts'
import { searchCalls } from './search-calls.ts'
import { needlesOf, textMatches } from './text-match.ts'

export interface CallListRequest extends CallConditions {
  /** epoch ms; calls that started at or after it */
  from?: number | undefined
  /** epoch ms; calls that started before it */
  to?: number | undefined
  /** Labels are '' for calls that have none. */
  app?: string | undefined
  appType?: string | undefined
  provider?: string | undefined
  /** The model that answered, else the one that was asked for. */
  model?: string | undefined
  environment?: string | undefined
  userId?: string | undefined
  sessionId?: string | undefined
  status?: 'ok' | 'error' | undefined
  errorType?: string | undefined
  minDurationMs?: number | undefined
  maxDurationMs?: number | undefined
  /** A part of the prompt, the response or the error message. */
  q?: string | undefined
  limit: number
  /** Where the page before ended. */
  after?: CallPlace | undefined
}

export interface CallPage {
  items: AppLogItem[]
  /** Where this page ended; null: there is nothing behind it. */
  end: CallPlace | null
}

/** The columns that a list shows. */
export const ITEM_COLUMNS = [
  'id',
  'request_id',
  'source',
  'app',
  'app_type',
  'environment',
  'user_id',
  'session_id',
  'provider',
  'request_model',
  'model',
  'operation',
  'status',
  'error_type',
  'started_at',
  'duration_us',
  'ttft_us',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'usage_source',
  'cost_nanos',
  'cost_source',
] as const

/** Looked through first: most filters find a page among so many. */
const LOOKED_THROUGH_FIRST = 1_000
/** Calls that are not followed yet are looked through for every page: of more, only those in their order. */
const AHEAD_MAX = 20_000
/** The same, where texts have to be looked at. */
const LOOKED_AT_FIRST = 300
/** With so few of a user or a label, their texts are looked at one by one. */
const FEW_CALLS = 500

/**
 * Calls by start, newest first, those that started together by arrival. Looks through a bounded number of calls, however
 * few of them are what is asked for: a page may be short, even empty, and not the last. Those of a user, a state, a
 * label, a request, a trace, with feedback or with a text are found wherever they are.
 *
 * @param scanLimit how many calls are looked through.
 */
export function listCalls(
  database: OpenDatabase,
  request: CallListRequest,
  scanLimit: number = LIMITS.callsScannedPerPage,
): CallPage {
  // One transaction, so that tables and calls are of the same moment.
  return database.sqlite.transaction(() => new CallList(database, request, scanLimit).page()).deferred()
}

type CallQuery<Row> = SelectQueryBuilder<Schema, 'app_log', Row>
type RowQuery = CallQuery<ItemRow>

class CallList {
  readonly #database: OpenDatabase
  readonly #kysely: Kysely<Schema>
  readonly #request: CallListRequest
  readonly #scanLimit: number
  readonly #labels: readonly [Label, string][]
  readonly #selector: CallSelector

  constructor(database: OpenDatabase, request: CallListRequest, scanLimit: number) {
    this.#database = database
    this.#kysely = database.kysely
    this.#request = request
    this.#scanLimit = scanLimit
    const labels = labelsOf(request)
    this.#labels = LABELS.flatMap((label): [Label, string][] => {
      const value = labels[label]
      return value === undefined ? [] : [[label, value]]
    })
    this.#selector = new CallSelector(database, { ...this.#range(), labels: {} })
  }

  page(): CallPage {
    const { limit } = this.#request
    if (!this.#isFiltered()) return this.#lookThrough(limit + 1)
    const places = this.#places()
    if (places?.areAll) return this.#take(places.places, true)
    const found = this.#search()
    if (found) return found
    if (!places) return this.#lookThrough(this.#scanLimit)
    if (!this.#isRare()) {
      const first = this.#lookThrough(Math.min(LOOKED_THROUGH_FIRST, this.#scanLimit))
      if (first.end === null || first.items.length === limit) return first
    }
    return this.#take(places.places, false)
  }

  /** By the text index. @returns undefined: no text is asked for, or the index is of no help yet. */
  #search(): CallPage | undefined {
    const { limit, q } = this.#request
    if (q === undefined) return undefined
    // What is common is found among the newest.
    const newest = this.#lookThrough(Math.min(LOOKED_AT_FIRST, this.#scanLimit))
    if (newest.end === null || newest.items.length === limit) return newest
    const followed = this.#followedPlaces()
    const few = followed && this.#take(followed, false, FEW_CALLS)
    if (few && (few.end === null || few.items.length === limit)) return few
    const found = searchCalls(this.#database, {
      needles: needlesOf(q),
      from: this.#range().from,
      before: this.#before(),
      narrow: (calls) => this.#narrowed(calls),
      limit,
      scanLimit: this.#scanLimit,
    })
    if (!found) return undefined
    const ids = found.places.map(({ id }) => id)
    const rows = this.#read<ItemRow>(this.#items().where('id', 'in', ids))
    rows.sort((a, b) => comparePlaces(placeOf(b), placeOf(a)))
    return rows.length > limit ? pageOf(rows, limit) : { items: rows.map(toItem), end: found.end }
  }

  /** Looks through calls in their order. */
  #lookThrough(depth: number): CallPage {
    const { limit } = this.#request
    const calls = this.#inOrder()
      .select([...ITEM_COLUMNS, 'trace_id'])
      .limit(depth)
      .as('app_log')
    const query = this.#kysely
      .selectFrom(calls)
      .select(ITEM_COLUMNS.map((name) => `app_log.${name}` as const))
    const rows = this.#read<ItemRow>(
      this.#matching(query)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        // One more than asked for tells whether there is a next page.
        .limit(limit + 1),
    )
    if (rows.length > limit) return pageOf(rows, limit)
    const [bound] = this.#read<CallPlace>(
      this.#inOrder()
        .select(['started_at as startedAt', 'id'])
        .limit(1)
        .offset(depth - 1),
    )
    return { items: rows.map(toItem), end: bound ?? null }
  }

  /** By app_log_started_at, whose entries SQLite orders by (started_at, id). */
  #inOrder() {
    const { from, to, after } = this.#request
    let query = this.#kysely
      .selectFrom('app_log')
      .where('is_step', '=', 0)
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
    if (from !== undefined) query = query.where('started_at', '>=', from)
    if (to !== undefined) query = query.where('started_at', '<', to)
    if (after) {
      query = query.where((eb) =>
        eb(eb.refTuple('started_at', 'id'), '<', eb.tuple(after.startedAt, after.id)),
      )
    }
    return query
  }

  /**
   * Where calls are that may be what is asked for; undefined: no table tells. `areAll`: those that are not followed yet
   * are among them.
   */
  #places(): { places: Iterable<CallPlace>; areAll: boolean } | undefined {
    const certain = this.#certainPlaces()
    if (certain) return { places: certain, areAll: true }
    const followed = this.#followedPlaces()
    return followed && { places: followed, areAll: false }
  }

  #certainPlaces(): Iterable<CallPlace> | undefined {
    const { requestId, traceId, hasFeedback } = this.#request
    const before = this.#before()
    if (requestId !== undefined) return placeOfRequest(this.#database, requestId, before)
    const ofTrace =
      traceId === undefined
        ? undefined
        : placesOfTrace(this.#database, traceId, before, LIMITS.callsScannedPerPage)
    if (ofTrace) return ofTrace
    return hasFeedback === true ? placesWithFeedback(this.#database, before) : undefined
  }

  #followedPlaces(): Iterable<CallPlace> | undefined {
    const { userId, status } = this.#request
    if (this.#selector.ahead() > AHEAD_MAX) return undefined
    if (userId !== undefined) return placesOfUser(this.#database, userId, this.#before())
    if (status === undefined && this.#labels.length === 0) return undefined
    const ids = this.#read<{ id: number }>(this.#labelSets()).map(({ id }) => id)
    return placesOfLabels(this.#database, ids, this.#before())
  }

  /** The numbers of those that match. */
  #labelSets() {
    const { status } = this.#request
    let sets = this.#kysely.selectFrom('label_set').select('id')
    for (const [label, value] of this.#labels) sets = sets.where(label, '=', value)
    return status === undefined ? sets : sets.where('error_type', status === 'ok' ? '=' : '!=', '')
  }

  /** Whether the labels are so rare, on the day that the page begins in, that a look through the first calls is in vain. */
  #isRare(): boolean {
    const { limit, userId } = this.#request
    if (userId !== undefined) return false
    // By the primary key.
    const requestsOf = (grain: 'all' | 'labelSet') =>
      this.#kysely
        .selectFrom('call_rollup')
        .where('level', '=', levelOf(DAY_MS, grain))
        .where('bucket_start', '=', bucketStart(this.#before().startedAt - 1, DAY_MS))
        .select((eb) => eb.fn.sum<number | null>('requests').as('requests'))
    const [all] = this.#read<{ requests: number | null }>(requestsOf('all'))
    if (!all?.requests) return false
    const [wanted] = this.#read<{ requests: number | null }>(
      requestsOf('labelSet').where('label_set_id', 'in', this.#labelSets()),
    )
    return ((wanted?.requests ?? 0) / all.requests) * LOOKED_THROUGH_FIRST < limit
  }

  /** Takes calls from their places, and from those that are not followed yet. */
  #take(wanted: Iterable<CallPlace>, areAll: boolean, scanLimit: number = this.#scanLimit): CallPage {
    const { limit, from = -Infinity } = this.#request
    const places = wanted[Symbol.iterator]()
    const rows: ItemRow[] = []
    let end: CallPlace | null = null
    let seen = 0
    while (rows.length <= limit && seen < scanLimit) {
      const chunk: CallPlace[] = []
      for (let next = places.next(); !next.done; next = places.next()) {
        if (next.value.startedAt < from) break
        chunk.push(next.value)
        // All that has the labels may be asked for, or hardly any of it.
        if (chunk.length > (seen === 0 ? limit : LOOKED_THROUGH_FIRST)) break
      }
      end = chunk.at(-1) ?? null
      if (end === null) break
      seen += chunk.length
      const ids = chunk.map(({ id }) => id)
      rows.push(...this.#read<ItemRow>(this.#matching(this.#items()).where('id', 'in', ids)))
    }
    places.return?.()
    if (!areAll) rows.push(...this.#notFollowed(end))
    rows.sort((a, b) => comparePlaces(placeOf(b), placeOf(a)))
    return rows.length > limit ? pageOf(rows, limit) : { items: rows.map(toItem), end }
  }

  /** Those that the tables do not hold yet, as far as a page that ends at `end` goes. */
  #notFollowed(end: CallPlace | null): ItemRow[] {
    const before = this.#before()
    const later = this.#matching(this.#selector.notFollowed(this.#range()).select(ITEM_COLUMNS)).where(
      'is_step',
      '=',
      0,
    )
    return this.#read<ItemRow>(later).filter((row) => {
      const place = placeOf(row)
      return comparePlaces(place, before) < 0 && (end === null || comparePlaces(place, end) >= 0)
    })
  }

  #items(): RowQuery {
    // A trace has steps, too, and feedback may be of one.
    return this.#kysely.selectFrom('app_log').select(ITEM_COLUMNS).where('is_step', '=', 0)
  }

  #range(): { from: number; to: number } {
    const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = this.#request
    return { from, to }
  }

  /** The newest place that is not wanted. */
  #before(): CallPlace {
    const { after } = this.#request
    const end = { startedAt: this.#range().to, id: 0 }
    return after && comparePlaces(after, end) < 0 ? after : end
  }

  #isFiltered(): boolean {
    const { userId, sessionId, status, minDurationMs, maxDurationMs, q } = this.#request
    const others = [userId, sessionId, status, minDurationMs, maxDurationMs, q]
    return (
      this.#labels.length > 0 || hasConditions(this.#request) || others.some((wanted) => wanted !== undefined)
    )
  }

  #matching(calls: RowQuery): RowQuery {
    const { q } = this.#request
    const query = this.#narrowed(calls)
    if (q === undefined) return query
    const needles = needlesOf(q)
    return query.where((eb) =>
      eb.exists(
        eb
          // By its primary key.
          .selectFrom('app_log_body')
          .select(eb.lit(1).as('found'))
          .whereRef('app_log_body.app_log_id', '=', 'app_log.id')
          .where((body) => textMatches(body, needles)),
      ),
    )
  }

  /** By everything but the texts. */
  #narrowed<Row>(calls: CallQuery<Row>): CallQuery<Row> {
    const { userId, sessionId, status, minDurationMs, maxDurationMs } = this.#request
    let query = calls
    for (const [label, value] of this.#labels) {
      query = query.where((eb) => eb(labelExpression(eb, label), '=', value))
    }
    const exact = { user_id: userId, session_id: sessionId, status } as const
    for (const column of ['user_id', 'session_id', 'status'] as const) {
      const wanted = exact[column]
      if (wanted !== undefined) query = query.where(column, '=', wanted)
    }
    if (minDurationMs !== undefined) query = query.where('duration_us', '>=', minDurationMs * 1000)
    if (maxDurationMs !== undefined) query = query.where('duration_us', '<=', maxDurationMs * 1000)
    return query.where((eb) => eb.and(conditionsOf(eb, this.#request)))
  }

  #read<Row>(query: Compilable): Row[] {
    return readRows<Row>(this.#database.sqlite, query)
  }
}

/** The labels that are asked for, as the tables call them. */
export function labelsOf(request: Omit<CallListRequest, 'after'>): Record<Label, string | undefined> {
  const { app, appType, provider, model, environment, errorType } = request
  return { app, app_type: appType, provider, model, environment, error_type: errorType }
}

/** @param rows more than fit. */
function pageOf(rows: readonly ItemRow[], limit: number): CallPage {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), end: last ? placeOf(last) : null }
}

function placeOf({ started_at: startedAt, id }: ItemRow): CallPlace {
  return { startedAt, id }
}

type ItemRow = Pick<Selectable<Schema['app_log']>, (typeof ITEM_COLUMNS)[number]>

/** Turns a row into what the contract shows: milliseconds instead of microseconds. */
export function toItem(row: ItemRow): AppLogItem {
  return {
    id: row.id,
    requestId: row.request_id,
    source: row.source,
    app: row.app,
    appType: row.app_type,
    environment: row.environment,
    userId: row.user_id,
    sessionId: row.session_id,
    provider: row.provider,
    requestModel: row.request_model,
    model: row.model,
    operation: row.operation,
    status: row.status,
    errorType: row.error_type,
    startedAt: row.started_at,
    durationMs: row.duration_us === null ? null : row.duration_us / 1000,
    ttftMs: row.ttft_us === null ? null : row.ttft_us / 1000,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    usageSource: row.usage_source,
    costNanos: row.cost_nanos,
    costSource: row.cost_source,
  }
}
