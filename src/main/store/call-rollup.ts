import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { NewCall } from './call.ts'
import { DurationChanges, DurationHistogram } from './duration-histogram.ts'
import type { LabelPlaces, LabelSets, Labelled } from './label-sets.ts'
import type { BucketWidth, Grain } from './rollup-levels.ts'
import { ALL_LABELS, BUCKET_WIDTHS_MS, bucketStart, FINEST_MS, levelOf } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { Summable, Sums } from './sums.ts'
import { addSums, addToSums, emptySums, SUMS } from './sums.ts'

/** What the rollup needs of a call, whether it is new or read back from its row. */
export type Countable = Summable & Labelled & Pick<NewCall, 'startedAt'>

/** What a transaction adds to a rollup. */
interface Delta {
  grain: Grain
  level: number
  start: number
  labelSetId: number
  sums: Sums
  durations: DurationChanges
}

/** What it adds to a label set in one of the finest buckets. */
interface FinestDelta extends Pick<Delta, 'start' | 'sums' | 'durations'> {
  places: LabelPlaces
}

/**
 * Keeps rollups: collects what a transaction adds and writes it before that transaction commits, so that rollups and
 * calls never disagree. Used by the writer thread only.
 */
export class CallRollup {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #grains: readonly Grain[]
  /** All others are added up from them. */
  readonly #deltas = new Map<string, FinestDelta>()
  #hasSubtracted = false
  /** The histograms of the rows that were written last, which are mostly those to be written next. */
  readonly #kept = new Map<string, DurationHistogram>()

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { labelSets, grains }: { labelSets: LabelSets; grains: readonly Grain[] },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
    this.#grains = grains
  }

  /** Counts a call that the open transaction has inserted. */
  add(call: Countable): void {
    this.#count(call, 1)
  }

  /** Takes back a call that was counted, in this transaction or in an earlier one. */
  subtract(call: Countable): void {
    this.#count(call, -1)
    this.#hasSubtracted = true
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    if (this.#kept.size > HISTOGRAMS_KEPT) this.#kept.clear()
    for (const [key, delta] of addUp(this.#deltas.values(), this.#grains)) {
      const { level, start, labelSetId, sums, durations } = delta
      const kept = this.#keptHistogram(key, level, start, labelSetId)
      kept.apply(durations)
      const values = SUMS.map((sum) => sums[sum])
      this.#statements.upsert.run(level, start, labelSetId, ...values, kept.encode())
      if (this.#hasSubtracted) this.#statements.deleteEmpty.run(level, start, labelSetId)
    }
    this.#deltas.clear()
    this.#hasSubtracted = false
  }

  /** Forgets what was counted and what it knows of the table: the transaction was rolled back, or rows were deleted. */
  discard(): void {
    this.#deltas.clear()
    this.#hasSubtracted = false
    this.#kept.clear()
  }

  /** Empties buckets that start in a range, epoch ms; to be called inside the transaction that fills them again. */
  clear(from: number, to: number): void {
    this.discard()
    for (const grain of this.#grains) {
      for (const width of BUCKET_WIDTHS_MS) this.#statements.clear.run(levelOf(width, grain), from, to)
    }
  }

  #keptHistogram(key: string, level: number, start: number, labelSetId: number): DurationHistogram {
    const known = this.#kept.get(key)
    if (known) return known
    const histogram = new DurationHistogram()
    const row = this.#statements.histogram.get(level, start, labelSetId)
    if (row) histogram.merge(row.duration_histogram)
    this.#kept.set(key, histogram)
    return histogram
  }

  #count(call: Countable, count: 1 | -1): void {
    const { sums, durations } = this.#deltaOf(call)
    addToSums(sums, call, count)
    if (call.durationUs !== null) durations.add(call.durationUs, count)
  }

  #deltaOf(call: Countable): FinestDelta {
    const start = bucketStart(call.startedAt, FINEST_MS)
    const places = this.#labelSets.placesOf(call)
    const key = `${start}/${places.labelSet}`
    const known = this.#deltas.get(key)
    if (known) return known
    const delta = { start, places, sums: emptySums(), durations: new DurationChanges() }
    this.#deltas.set(key, delta)
    return delta
  }
}

const HISTOGRAMS_KEPT = 2_000
const WIDER_MS = BUCKET_WIDTHS_MS.filter((width) => width > FINEST_MS)

/** Adds up the finest buckets of label sets to those of every grain, and these to the wider ones. */
function addUp(finest: Iterable<FinestDelta>, grains: readonly Grain[]): Map<string, Delta> {
  const deltas = new Map<string, Delta>()
  const add = (grain: Grain, width: BucketWidth, labelSetId: number, of: Omit<FinestDelta, 'places'>) => {
    const level = levelOf(width, grain)
    const start = bucketStart(of.start, width)
    const key = `${level}/${start}/${labelSetId}`
    let delta = deltas.get(key)
    if (!delta) {
      delta = { grain, level, start, labelSetId, sums: emptySums(), durations: new DurationChanges() }
      deltas.set(key, delta)
    }
    addSums(delta.sums, of.sums)
    delta.durations.addAll(of.durations)
  }
  for (const delta of finest) {
    for (const grain of grains)
      add(grain, FINEST_MS, grain === 'all' ? ALL_LABELS : delta.places[grain], delta)
  }
  for (const delta of [...deltas.values()]) {
    for (const width of WIDER_MS) add(delta.grain, width, delta.labelSetId, delta)
  }
  return deltas
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the primary key.
  const histogram = kysely
    .selectFrom('call_rollup')
    .select('duration_histogram')
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
    .compile()
  const upsert = kysely
    .insertInto('call_rollup')
    .values({
      level: 0,
      bucket_start: 0,
      label_set_id: 0,
      ...emptySums(),
      duration_histogram: new Uint8Array(),
    })
    .onConflict((conflict) =>
      conflict.columns(['level', 'bucket_start', 'label_set_id']).doUpdateSet({
        ...Object.fromEntries(
          SUMS.map((sum) => [sum, sql`${sql.ref(`call_rollup.${sum}`)} + ${sql.ref(`excluded.${sum}`)}`]),
        ),
        duration_histogram: sql`excluded.duration_histogram`,
      }),
    )
    .compile()
  const deleteEmpty = kysely
    .deleteFrom('call_rollup')
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
    .where('requests', '=', (eb) => eb.lit(0))
    .compile()
  const clear = kysely
    .deleteFrom('call_rollup')
    .where('level', '=', 0)
    .where('bucket_start', '>=', 0)
    .where('bucket_start', '<', 0)
    .compile()
  type Key = [level: number, start: number, labelSetId: number]
  return {
    clear: sqlite.prepare<[level: number, from: number, to: number]>(clear.sql),
    deleteEmpty: sqlite.prepare<Key>(deleteEmpty.sql),
    histogram: sqlite.prepare<Key, { duration_histogram: Uint8Array }>(histogram.sql),
    upsert: sqlite.prepare(upsert.sql),
  }
}
