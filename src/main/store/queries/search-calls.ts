import type SqliteDatabase from 'better-sqlite3'
import type { Compilable, SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import { readRows } from '../read-rows.ts'
import type { Schema } from '../schema.ts'
import { SegmentReader } from '../text-index/segment-reader.ts'
import { placesIn, SEGMENT_CALLS } from '../text-index/segment.ts'
import type { CallPlace } from './call-places.ts'
import { comparePlaces } from './call-places.ts'
import type { Needles } from './text-match.ts'
import { textMatches } from './text-match.ts'

type PlaceQuery = SelectQueryBuilder<Schema, 'app_log', CallPlace>

export interface TextSearch {
  needles: Needles
  /** epoch ms; only calls that started at or after it */
  from: number
  /** The newest place that is not wanted. */
  before: CallPlace
  /** Adds whatever else is asked of the calls. */
  narrow: (calls: PlaceQuery) => PlaceQuery
  /** How many calls to find. */
  limit: number
  /** How many texts are looked at. */
  scanLimit: number
}

/** So many calls are found and narrowed down in the time that one text takes to be looked at. */
const CALLS_PER_TEXT = 8
/** With more calls that are not even planned, the index is no help. */
const UNPLANNED_MAX = 4 * SEGMENT_CALLS

/**
 * The newest calls that hold a text, by the text index; every hit is compared with the text itself. Segments are opened
 * from the newest on: as soon as no unopened one can have a newer call than one that was found, that one is next.
 *
 * @returns undefined: the index has hardly begun. `end` as in a page of a list; more than `limit` calls: there are others
 *   behind it.
 */
export function searchCalls(
  database: OpenDatabase,
  search: TextSearch,
): { places: CallPlace[]; end: CallPlace | null } | undefined {
  const found = new CallSearch(database, search)
  return found.isPlanned() ? found.run() : undefined
}

interface Segment {
  number: number
  maxStartedAt: number
  isBuilt: number
  unselective: Uint8Array | null
}

interface Opener {
  /** Calls whose id is from the first to just before the end. */
  range: (first: number, end: number) => CallPlace[]
  ids: (ids: readonly number[]) => CallPlace[]
}

class CallSearch {
  readonly #database: OpenDatabase
  readonly #search: TextSearch
  readonly #reader: SegmentReader
  readonly #segments: Segment[]
  /** Ids from here on are in no segment. */
  readonly #plannedTo: number
  readonly #lastId: number
  /** Calls that may hold the text, the newest at the end. */
  #waiting: CallPlace[] = []
  #opened = 0
  /** Texts that may still be looked at, and calls that may still be narrowed down. */
  readonly #left: { texts: number; calls: number }

  constructor(database: OpenDatabase, search: TextSearch) {
    this.#database = database
    this.#search = search
    this.#left = { texts: search.scanLimit, calls: search.scanLimit * CALLS_PER_TEXT }
    const { text, json } = search.needles
    this.#reader = new SegmentReader(database, json === null ? [text] : [text, json])
    const { from, before } = search
    const { kysely } = database
    const ends = kysely.selectNoFrom((eb) => [
      eb
        .selectFrom('text_segment')
        .select((segment) => segment.fn.max('number').as('number'))
        .as('lastPlanned'),
      eb
        .selectFrom('app_log')
        .select((call) => call.fn.max('id').as('id'))
        .as('lastId'),
    ])
    const [row] = this.#read<{ lastPlanned: number | null; lastId: number | null }>(ends)
    this.#plannedTo = ((row?.lastPlanned ?? -1) + 1) * SEGMENT_CALLS
    this.#lastId = row?.lastId ?? 0
    // All are looked through: one in two thousand calls.
    this.#segments = this.#read<Segment>(
      kysely
        .selectFrom('text_segment')
        .select((eb) => [
          'number',
          eb.ref('max_started_at').$notNull().as('maxStartedAt'),
          eb('built_revision', 'is not', null).as('isBuilt'),
          'unselective',
        ])
        .where('max_started_at', '>=', from)
        .where('min_started_at', '<=', before.startedAt)
        .orderBy('max_started_at', 'desc'),
    )
  }

  isPlanned(): boolean {
    return this.#lastId - this.#plannedTo <= UNPLANNED_MAX
  }

  run(): { places: CallPlace[]; end: CallPlace | null } {
    const { limit } = this.#search
    const verify = this.#verifier()
    const open = this.#opener()
    const places: CallPlace[] = []
    let last: CallPlace | null = null
    this.#wait(open.range(this.#plannedTo, this.#lastId + 1))
    for (;;) {
      const next = this.#waiting.at(-1)
      const segment = this.#segments[this.#opened]
      if (segment && (!next || segment.maxStartedAt >= next.startedAt)) {
        const end = this.#left.calls > 0 ? null : (last ?? this.#passed())
        if (end) return { places, end }
        this.#opened += 1
        this.#open(segment, open)
        continue
      }
      if (!next) return { places, end: null }
      if (this.#left.texts <= 0 && last) return { places, end: last }
      this.#waiting.pop()
      this.#left.texts -= 1
      if (verify(next.id)) places.push(next)
      if (places.length > limit) return { places, end: next }
      last = next
    }
  }

  /** A place that all that is newer than it was looked at; null: that is no progress. */
  #passed(): CallPlace | null {
    const newest = Math.max(
      this.#segments[this.#opened]?.maxStartedAt ?? -Infinity,
      this.#waiting.at(-1)?.startedAt ?? -Infinity,
    )
    const place = { startedAt: newest + 1, id: 0 }
    return comparePlaces(place, this.#search.before) < 0 ? place : null
  }

  #open({ number, isBuilt, unselective }: Segment, open: Opener): void {
    const first = number * SEGMENT_CALLS
    if (!isBuilt) {
      this.#left.calls -= SEGMENT_CALLS
      this.#wait(open.range(first, first + SEGMENT_CALLS))
      return
    }
    const places = placesIn(this.#reader.read(number, unselective))
    this.#left.calls -= places.length
    if (places.length > 0) this.#wait(open.ids(places.map((place) => first + place)))
  }

  #wait(calls: readonly CallPlace[]): void {
    if (calls.length === 0) return
    this.#waiting = [...this.#waiting, ...calls].sort(comparePlaces)
  }

  /** Those of some calls that are asked for, but for their texts. By the primary key. */
  #opener(): Opener {
    const { from, before, narrow } = this.#search
    const calls = narrow(
      this.#database.kysely
        .selectFrom('app_log')
        // The unary plus keeps SQLite from the index by time.
        .select((eb) => [eb.ref('started_at').as('startedAt'), 'id'])
        .where('is_step', '=', 0)
        .where(sql<number>`+app_log.started_at`, '>=', from)
        .where((eb) =>
          eb.or([
            eb(sql<number>`+app_log.started_at`, '<', before.startedAt),
            eb.and([
              eb(sql<number>`+app_log.started_at`, '=', before.startedAt),
              eb('app_log.id', '<', before.id),
            ]),
          ]),
        ),
    )
    const range = this.#prepare(calls.where('app_log.id', '>=', 0).where('app_log.id', '<', 0), 2)
    const ids = this.#prepare(
      calls.where('app_log.id', 'in', sql<number>`(select value from json_each(${''}))`),
      1,
    )
    return {
      range: (first: number, end: number) => range(first, end),
      ids: (list: readonly number[]) => ids(JSON.stringify(list)),
    }
  }

  #verifier(): (id: number) => boolean {
    const body = this.#database.kysely
      .selectFrom('app_log_body')
      .select((eb) => eb.lit(1).as('found'))
      .where((eb) => textMatches(eb, this.#search.needles))
      // By the primary key.
      .where('app_log_id', '=', 0)
    const { statement, parameters } = this.#compiled<{ found: number }>(body, 1)
    return (id) => statement.get(...parameters, id) !== undefined
  }

  /** @param open how many parameters, at the end, are given with each call. */
  #prepare(query: PlaceQuery, open: number): (...values: unknown[]) => CallPlace[] {
    const { statement, parameters } = this.#compiled<CallPlace>(query, open)
    return (...values) => statement.all(...parameters, ...values)
  }

  #compiled<Row>(
    query: Compilable,
    open: number,
  ): { statement: SqliteDatabase.Statement<unknown[], Row>; parameters: readonly unknown[] } {
    const compiled = query.compile()
    return {
      statement: this.#database.sqlite.prepare<unknown[], Row>(compiled.sql),
      parameters: compiled.parameters.slice(0, compiled.parameters.length - open),
    }
  }

  #read<Row>(query: Compilable): Row[] {
    return readRows<Row>(this.#database.sqlite, query)
  }
}
