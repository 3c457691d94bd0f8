import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { SegmentPostings } from './segment-builder.ts'
import { firstBucketOf, SEGMENT_BUCKETS, segmentOf, wholeSegments } from './segment.ts'

/** What is known of a segment before its texts are looked at. */
export interface PlannedSegment {
  number: number
  /** Of its calls; null: there are none left. */
  minStartedAt: number | null
  maxStartedAt: number | null
}

/** What an indexer found out in a snapshot of the database, to be written if it still holds. */
export interface IndexStep {
  /** Of all texts. */
  revision: number
  /** Segments that have become whole. */
  planned: PlannedSegment[]
  built: BuiltSegment
}

export interface BuiltSegment extends PlannedSegment {
  /** Of its texts. */
  revision: number
  postings: SegmentPostings
}

/**
 * The index of what prompts, responses and error messages hold. It follows the calls on its own, a segment at a time,
 * made by a thread that reads; this is the part that writes, in the writer thread. Whatever changes the texts of calls
 * says so in the same transaction: a segment that was made of other texts is not written, or made anew.
 */
export class TextIndex {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #write: SqliteDatabase.Transaction<(step: IndexStep) => boolean>
  readonly #rebuild: SqliteDatabase.Transaction<() => void>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#write = sqlite.transaction(({ revision, planned, built }) => {
      if (revision === this.#revision()) this.#plan(revision, planned)
      return this.#writeSegment(built)
    })
    this.#rebuild = sqlite.transaction(() => {
      this.#statements.nextRevision.run()
      this.#statements.markAll.run(this.#revision())
    })
  }

  /** Writes, in a transaction of its own, what still holds. @returns whether the built segment was of it. */
  write(step: IndexStep): boolean {
    return this.#write.immediate(step)
  }

  /**
   * Says, in the open transaction, that calls were deleted or their texts dropped. What was indexed of them is
   * gone as soon as their segments are made anew.
   *
   * @param ids `app_log.id`
   */
  changed(ids: readonly number[]): void {
    if (ids.length === 0) return
    const statements = this.#statements
    statements.nextRevision.run()
    const revision = this.#revision()
    for (const segment of new Set(ids.map(segmentOf))) statements.mark.run(revision, segment)
    // SQLite gives the greatest id out again once its row is gone: a segment that is no longer whole is to be made anew.
    const whole = wholeSegments(statements.lastId.get()?.id ?? 0)
    if (statements.dropFrom.run(whole).changes > 0)
      statements.dropPostings.run(...bucketsFrom(whole, Infinity))
  }

  /** The same of calls that have texts which they had not: until they are indexed, all of their segments is looked through. */
  filled(ids: readonly number[]): void {
    this.changed(ids)
    for (const segment of new Set(ids.map(segmentOf))) this.#statements.unbuild.run(null, segment)
  }

  /** Has all of it made anew; what there is serves until then. */
  rebuild(): void {
    this.#rebuild.immediate()
  }

  #plan(revision: number, planned: readonly PlannedSegment[]): void {
    for (const { number, minStartedAt, maxStartedAt } of planned) {
      this.#statements.plan.run(number, minStartedAt, maxStartedAt, revision)
    }
  }

  #writeSegment({ number, minStartedAt, maxStartedAt, revision, postings }: BuiltSegment): boolean {
    const { bytes, ends, unselective } = postings
    const { write, dropPostings, writePostings } = this.#statements
    const row = [minStartedAt, maxStartedAt, unselective, number, revision] as const
    if (write.run(...row).changes === 0) return false
    dropPostings.run(...bucketsFrom(number, 1))
    let start = 0
    ends.forEach((end, bucket) => {
      if (end > start) writePostings.run(firstBucketOf(number) + bucket, bytes.subarray(start, end))
      start = end
    })
    return true
  }

  #revision(): number {
    return this.#statements.revision.get()?.revision ?? 0
  }
}

/** The first of the buckets of so many segments, and the first after them. */
function bucketsFrom(segment: number, segments: number): [number, number] {
  return [firstBucketOf(segment), Math.min(firstBucketOf(segment) + segments * SEGMENT_BUCKETS, 2 ** 53 - 1)]
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const revision = kysely.selectFrom('text_index_state').select('revision')
  const nextRevision = kysely
    .updateTable('text_index_state')
    .set((eb) => ({ revision: eb('revision', '+', eb.lit(1)) }))
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  const markAll = kysely.updateTable('text_segment').set({ revision: 0 })
  // By the primary key, like those that follow.
  const mark = markAll.where('number', '=', 0)
  const unbuild = kysely.updateTable('text_segment').set({ built_revision: null }).where('number', '=', 0)
  const plan = kysely
    .insertInto('text_segment')
    .values({ number: 0, min_started_at: 0, max_started_at: 0, revision: 0 })
  const write = kysely
    .updateTable('text_segment')
    .set((eb) => ({
      min_started_at: 0,
      max_started_at: 0,
      unselective: null,
      built_revision: eb.ref('revision'),
    }))
    .where('number', '=', 0)
    .where('revision', '=', 0)
  const dropFrom = kysely.deleteFrom('text_segment').where('number', '>=', 0)
  const dropPostings = kysely.deleteFrom('text_posting').where('id', '>=', 0).where('id', '<', 0)
  const writePostings = kysely.insertInto('text_posting').values({ id: 0, postings: new Uint8Array(0) })
  type Time = number | null
  return {
    revision: sqlite.prepare<[], { revision: number }>(revision.compile().sql),
    nextRevision: sqlite.prepare<[]>(nextRevision.compile().sql),
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    markAll: sqlite.prepare<[number]>(markAll.compile().sql),
    mark: sqlite.prepare<[number, number]>(mark.compile().sql),
    unbuild: sqlite.prepare<[null, number]>(unbuild.compile().sql),
    plan: sqlite.prepare<[number, Time, Time, number]>(plan.compile().sql),
    write: sqlite.prepare<[Time, Time, Uint8Array | null, number, number]>(write.compile().sql),
    dropFrom: sqlite.prepare<[number]>(dropFrom.compile().sql),
    dropPostings: sqlite.prepare<[number, number]>(dropPostings.compile().sql),
    writePostings: sqlite.prepare<[number, Uint8Array]>(writePostings.compile().sql),
  }
}
