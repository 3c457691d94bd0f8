import { hash as digest } from 'node:crypto'
import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { RequestFilter } from './request-filter.ts'
import type { Schema } from './schema.ts'

/** Calls of neighbouring ids that share a partition: its part of the table is small enough to be written again and again. */
const CALLS_PER_PARTITION = 16_384

/** What a call is found by. */
export interface CallKeys {
  requestId: string
  traceId: string | null
  spanId: string | null
}

/**
 * Finds calls by their request id, and by their span: that of an OTLP span is its request id, a native call may have an id
 * of its own beside it. Ids have no order, and an index of all of them would have each call write another of
 * its pages. Here those of calls that came together lie together, in partitions that are asked one by one.
 */
export class RequestIdLookup {
  readonly #statements: ReturnType<typeof prepareLookup>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareLookup(sqlite, kysely)
  }

  /**
   * @param partitionsMax how many of the newest partitions are asked.
   * @returns `app_log.id`
   */
  find(requestId: string, partitionsMax = Infinity): number | undefined {
    return this.#findFromNewest(hashOf(requestId), hasId(requestId), partitionsMax)
  }

  /** The same by trace and span. */
  findSpan(traceId: string, spanId: string, partitionsMax = Infinity): number | undefined {
    return this.#findFromNewest(hashOf(spanKey(traceId, spanId)), isSpan(traceId, spanId), partitionsMax)
  }

  findIn(partition: number, hash: number, isWanted: (keys: CallKeys) => boolean): number | undefined {
    return this.#statements.inPartition.all(partition, hash).find(isWanted)?.id
  }

  #findFromNewest(
    hash: number,
    isWanted: (keys: CallKeys) => boolean,
    partitionsMax: number,
  ): number | undefined {
    const last = partitionOf(this.#statements.lastId.get()?.id ?? 0)
    for (let partition = last; partition >= 0 && partition > last - partitionsMax; partition -= 1) {
      const id = this.findIn(partition, hash, isWanted)
      if (id !== undefined) return id
    }
    return undefined
  }
}

/** Keeps that table, and knows by a filter which partitions to ask. Used by the writer thread only. */
export class RequestIds {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #lookup: RequestIdLookup
  readonly #filter: RequestFilter
  /** What was hashed last: a new call is looked for, and added then. */
  #hashed = { key: '', hash: hashOf('') }

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#lookup = new RequestIdLookup(sqlite, kysely)
    this.#filter = new RequestFilter(sqlite, kysely)
    this.#fill(sqlite)
  }

  /** @returns `app_log.id` */
  find(requestId: string): number | undefined {
    return this.#find(this.#hashOf(requestId), hasId(requestId))
  }

  /** @returns `app_log.id` of the call that is this span. */
  findSpan(traceId: string, spanId: string): number | undefined {
    return this.#find(this.#hashOf(spanKey(traceId, spanId)), isSpan(traceId, spanId))
  }

  /** Of a call that the open transaction has inserted. */
  add(call: CallKeys, id: number): void {
    for (const key of keysOf(call)) {
      const hash = this.#hashOf(key)
      this.#statements.insert.run(partitionOf(id), hash, id)
      this.#filter.add(partitionOf(id), hash)
    }
  }

  /** Of a call that the open transaction deletes. */
  remove(call: CallKeys, id: number): void {
    for (const key of keysOf(call)) this.#statements.remove.run(partitionOf(id), hashOf(key), id)
  }

  #find(hash: number, isWanted: (keys: CallKeys) => boolean): number | undefined {
    for (const partition of this.#filter.partitionsWith(hash)) {
      const id = this.#lookup.findIn(partition, hash, isWanted)
      if (id !== undefined) return id
    }
    return undefined
  }

  /** The transaction was rolled back. */
  discard(): void {
    this.#filter.discard()
  }

  #hashOf(key: string): number {
    if (key !== this.#hashed.key) this.#hashed = { key, hash: hashOf(key) }
    return this.#hashed.hash
  }

  /** Takes in the calls of databases that were written before there was this table. */
  #fill(sqlite: SqliteDatabase.Database): void {
    const { lastPartition, next } = this.#statements
    const fillNext = sqlite.transaction((after: number) => {
      const calls = next.all(after, CALLS_PER_PARTITION)
      for (const call of calls) this.add(call, call.id)
      return calls.at(-1)?.id
    })
    const partition = lastPartition.get()?.partition ?? null
    const last = partition === null ? null : (this.#statements.lastIn.get(partition)?.id ?? null)
    for (let id: number | undefined = last ?? 0; id !== undefined;) id = fillNext.immediate(id)
  }
}

/** The request id that ingest gives to spans. */
function spanKey(traceId: string, spanId: string): string {
  return `${traceId}-${spanId}`
}

/** What a call is listed under. */
function keysOf({ requestId, traceId, spanId }: CallKeys): string[] {
  const span = traceId === null || spanId === null ? requestId : spanKey(traceId, spanId)
  return span === requestId ? [requestId] : [requestId, span]
}

const hasId = (requestId: string) => (call: CallKeys) => call.requestId === requestId

const isSpan = (traceId: string, spanId: string) => (call: CallKeys) =>
  call.traceId === traceId && call.spanId === spanId

function partitionOf(id: number): number {
  return Math.floor(id / CALLS_PER_PARTITION)
}

/** 48 bits of SHA-256: an app cannot make ids on purpose that lie together. */
function hashOf(key: string): number {
  return digest('sha256', key, 'buffer').readUIntBE(0, 6)
}

const KEY_COLUMNS = [
  'app_log.request_id as requestId',
  'app_log.trace_id as traceId',
  'app_log.span_id as spanId',
] as const

function prepareLookup(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  // By the primary keys.
  const inPartition = kysely
    .selectFrom('request_ref')
    .innerJoin('app_log', 'app_log.id', 'request_ref.app_log_id')
    .select(['app_log.id', ...KEY_COLUMNS])
    .where('request_ref.partition', '=', 0)
    .where('request_ref.hash', '=', 0)
  return {
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    inPartition: sqlite.prepare<[number, number], CallKeys & { id: number }>(inPartition.compile().sql),
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // SQLite gives the greatest id out again: one that a deleted call left behind may come again with the same request id.
  const insert = kysely
    .insertInto('request_ref')
    .values({ partition: 0, hash: 0, app_log_id: 0 })
    .onConflict((conflict) => conflict.doNothing())
  // By the primary key.
  const remove = kysely
    .deleteFrom('request_ref')
    .where('partition', '=', 0)
    .where('hash', '=', 0)
    .where('app_log_id', '=', 0)
  const lastPartition = kysely
    .selectFrom('request_ref')
    .select((eb) => eb.fn.max('partition').as('partition'))
  const lastIn = kysely
    .selectFrom('request_ref')
    .select((eb) => eb.fn.max('app_log_id').as('id'))
    .where('partition', '=', 0)
  const next = kysely
    .selectFrom('app_log')
    .select(['id', ...KEY_COLUMNS])
    .where('id', '>', 0)
    .orderBy('id')
    .limit(0)
  return {
    insert: sqlite.prepare<[number, number, number]>(insert.compile().sql),
    remove: sqlite.prepare<[number, number, number]>(remove.compile().sql),
    lastPartition: sqlite.prepare<[], { partition: number | null }>(lastPartition.compile().sql),
    lastIn: sqlite.prepare<[number], { id: number | null }>(lastIn.compile().sql),
    next: sqlite.prepare<[number, number], CallKeys & { id: number }>(next.compile().sql),
  }
}
