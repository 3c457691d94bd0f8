import { hash as digest } from 'node:crypto'
import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { RequestFilter } from './request-filter.ts'
import type { Schema } from './schema.ts'

/** Calls of neighbouring ids that share a partition: its part of the table is small enough to be written again and again. */
const CALLS_PER_PARTITION = 16_384

/**
 * Finds calls by their request id. Ids have no order, and an index of all of them would have each call write another of
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
    const hash = hashOf(requestId)
    const last = partitionOf(this.#statements.lastId.get()?.id ?? 0)
    for (let partition = last; partition >= 0 && partition > last - partitionsMax; partition -= 1) {
      const id = this.findIn(partition, hash, requestId)
      if (id !== undefined) return id
    }
    return undefined
  }

  findIn(partition: number, hash: number, requestId: string): number | undefined {
    const rows = this.#statements.inPartition.all(partition, hash)
    return rows.find((row) => row.requestId === requestId)?.id
  }
}

/** Keeps that table, and knows by a filter which partitions to ask. Used by the writer thread only. */
export class RequestIds {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #lookup: RequestIdLookup
  readonly #filter: RequestFilter
  /** What was hashed last: a new call is looked for, and added then. */
  #hashed = { requestId: '', hash: hashOf('') }

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#lookup = new RequestIdLookup(sqlite, kysely)
    this.#filter = new RequestFilter(sqlite, kysely)
    this.#fill(sqlite)
  }

  /** @returns `app_log.id` */
  find(requestId: string): number | undefined {
    const hash = this.#hashOf(requestId)
    for (const partition of this.#filter.partitionsWith(hash)) {
      const id = this.#lookup.findIn(partition, hash, requestId)
      if (id !== undefined) return id
    }
    return undefined
  }

  /** Of a call that the open transaction has inserted. */
  add(requestId: string, id: number): void {
    const hash = this.#hashOf(requestId)
    this.#statements.insert.run(partitionOf(id), hash, id)
    this.#filter.add(partitionOf(id), hash)
  }

  /** Of a call that the open transaction deletes. */
  remove(requestId: string, id: number): void {
    this.#statements.remove.run(partitionOf(id), hashOf(requestId), id)
  }

  /** The transaction was rolled back. */
  discard(): void {
    this.#filter.discard()
  }

  #hashOf(requestId: string): number {
    if (requestId !== this.#hashed.requestId) this.#hashed = { requestId, hash: hashOf(requestId) }
    return this.#hashed.hash
  }

  /** Takes in the calls of databases that were written before there was this table. */
  #fill(sqlite: SqliteDatabase.Database): void {
    const { lastPartition, next } = this.#statements
    const fillNext = sqlite.transaction((after: number) => {
      const calls = next.all(after, CALLS_PER_PARTITION)
      for (const { requestId, id } of calls) this.add(requestId, id)
      return calls.at(-1)?.id
    })
    const partition = lastPartition.get()?.partition ?? null
    const last = partition === null ? null : (this.#statements.lastIn.get(partition)?.id ?? null)
    for (let id: number | undefined = last ?? 0; id !== undefined;) id = fillNext.immediate(id)
  }
}

function partitionOf(id: number): number {
  return Math.floor(id / CALLS_PER_PARTITION)
}

/** 48 bits of SHA-256: an app cannot make ids on purpose that lie together. */
function hashOf(requestId: string): number {
  return digest('sha256', requestId, 'buffer').readUIntBE(0, 6)
}

function prepareLookup(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  // By the primary keys.
  const inPartition = kysely
    .selectFrom('request_ref')
    .innerJoin('app_log', 'app_log.id', 'request_ref.app_log_id')
    .select(['app_log.id', 'app_log.request_id as requestId'])
    .where('request_ref.partition', '=', 0)
    .where('request_ref.hash', '=', 0)
  return {
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    inPartition: sqlite.prepare<[number, number], { id: number; requestId: string }>(
      inPartition.compile().sql,
    ),
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
    .select(['id', 'request_id as requestId'])
    .where('id', '>', 0)
    .orderBy('id')
    .limit(0)
  return {
    insert: sqlite.prepare<[number, number, number]>(insert.compile().sql),
    remove: sqlite.prepare<[number, number, number]>(remove.compile().sql),
    lastPartition: sqlite.prepare<[], { partition: number | null }>(lastPartition.compile().sql),
    lastIn: sqlite.prepare<[number], { id: number | null }>(lastIn.compile().sql),
    next: sqlite.prepare<[number, number], { id: number; requestId: string }>(next.compile().sql),
  }
}
