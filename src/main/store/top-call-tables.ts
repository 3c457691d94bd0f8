import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { PlaceTables } from './following-tables.ts'
import type { Cell, HourCell } from './hour-cells.ts'
import type { LabelSets } from './label-sets.ts'
import { DAY_MS, HOUR_MS, levelOf } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'
import type { RankedCall, TopCell } from './top-cell.ts'
import { cellOf, changeCell, EMPTY_CELL, isShort, mergeCells, packRanked, unpackRanked } from './top-cell.ts'

/** Widths of the buckets that top calls are kept in, ascending. */
export const TOP_CALL_WIDTHS_MS = [HOUR_MS, DAY_MS] as const

/** What calls are ranked by, by its number in the table. */
export const MEASURES = { duration: 0, cost: 1 } as const
export type Measure = keyof typeof MEASURES

/** Where a call tells what it is ranked by; what it does not tell, it has no place in. */
const FIELDS = [
  { measure: MEASURES.duration, field: 'durationUs' },
  { measure: MEASURES.cost, field: 'costNanos' },
] as const

interface Delta {
  /** Values by id. */
  removed: Map<number, number>
  added: RankedCall[]
}

/**
 * The slowest and the most expensive calls of each hour and day, by label set, so that those of any range can be told
 * without its calls. What is taken out of a full bucket leaves a gap that only the calls can fill: `refill` does, in
 * the pauses, and readers look at the calls of the hour until then.
 */
export class TopCallTables implements PlaceTables {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #kept: number
  /** Of hours, by measure; the days follow from them. */
  readonly #hours = FIELDS.map(({ measure, field }) => ({
    measure,
    field,
    deltas: new Map<HourCell, Delta>(),
  }))

  /** @param kept how many calls each bucket holds: no answer names more. */
  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, labelSets: LabelSets, kept: number) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = labelSets
    this.#kept = kept
  }

  add(call: StoredCall, cell: HourCell): void {
    for (const { field, deltas } of this.#hours) {
      const value = call[field]
      if (value === null) continue
      const { removed, added } = deltaAt(deltas, cell)
      // What leaves and comes again with the same value has not changed.
      if (removed.size > 0 && removed.get(call.id) === value) removed.delete(call.id)
      else added.push({ value, id: call.id })
    }
  }

  subtract(call: StoredCall, cell: HourCell): void {
    for (const { field, deltas } of this.#hours) {
      const value = call[field]
      if (value === null) continue
      const { removed, added } = deltaAt(deltas, cell)
      const place = added.findIndex(({ id }) => id === call.id)
      if (place >= 0) added.splice(place, 1)
      else removed.set(call.id, value)
    }
  }

  /** A call that cannot be looked at any more is none of the top ones. */
  expire(call: StoredCall, cell: HourCell): void {
    this.subtract(call, cell)
  }

  restore(call: StoredCall, cell: HourCell): void {
    this.add(call, cell)
  }

  flush(): void {
    for (const { measure, deltas } of this.#hours) {
      const days = new Map<Cell, { removed: Map<number, number>; added: TopCell[] }>()
      for (const [hour, { removed, added }] of deltas) {
        if (removed.size === 0 && added.length === 0) continue
        const best = cellOf(added, this.#kept)
        this.#change([measure, levelOf(HOUR_MS, 'labelSet'), hour.start, hour.labelSetId], removed, best)
        let day = days.get(hour.day)
        if (!day) days.set(hour.day, (day = { removed: new Map(), added: [] }))
        day.added.push(best)
        for (const [id, value] of removed) day.removed.set(id, value)
      }
      for (const [{ start, labelSetId }, { removed, added }] of days) {
        const best = mergeCells(added, this.#kept)
        this.#change([measure, levelOf(DAY_MS, 'labelSet'), start, labelSetId], removed, best)
      }
      deltas.clear()
    }
  }

  /**
   * Fills the gaps of one bucket; to be called inside a transaction.
   *
   * @param upTo the greatest `app_log.id` that is followed.
   * @returns how many calls it had to look at; null: there are no gaps.
   */
  refill(upTo: number): number | null {
    // Hours come first: days are filled from them.
    const short = this.#statements.short.get()
    if (!short) return null
    return short.level === levelOf(HOUR_MS, 'labelSet')
      ? this.#refillHour(short.start, upTo)
      : this.#refillDay(short.start)
  }

  discard(): void {
    for (const { deltas } of this.#hours) deltas.clear()
  }

  clear(from: number, to: number): void {
    this.#statements.clear.run(from, to)
  }

  #refillHour(hour: number, upTo: number): number {
    const calls = this.#statements.calls.all(hour, hour + HOUR_MS, upTo)
    const byLabels = Map.groupBy(calls, (call) => this.#labelSets.idOf(call))
    for (const [labelSetId, ofSet] of byLabels) {
      for (const { measure, field } of FIELDS) {
        const ranked = ofSet.flatMap(({ id, [field]: value }) => (value === null ? [] : [{ value, id }]))
        this.#write([measure, levelOf(HOUR_MS, 'labelSet'), hour, labelSetId], cellOf(ranked, this.#kept))
      }
    }
    return calls.length
  }

  #refillDay(day: number): number {
    const level = levelOf(DAY_MS, 'labelSet')
    for (const { measure, labelSetId } of this.#statements.shortOf.all(level, day)) {
      const hours = this.#statements.hours.all(measure, day, day + DAY_MS, labelSetId)
      const cells = hours.map(({ counted, calls }) => ({ counted, top: unpackRanked(calls) }))
      this.#write([measure, level, day, labelSetId], mergeCells(cells, this.#kept))
    }
    return 0
  }

  #write(place: Place, cell: TopCell): void {
    if (cell.counted === 0) return void this.#statements.remove.run(...place)
    const hasGap = Number(isShort(cell, this.#kept))
    this.#statements.upsert.run(...place, cell.counted, hasGap, packRanked(cell.top))
  }

  #change(place: Place, removed: ReadonlyMap<number, number>, added: TopCell): void {
    const row = this.#statements.find.get(...place)
    const before = row ? { counted: row.counted, top: unpackRanked(row.calls) } : EMPTY_CELL
    this.#write(place, changeCell(before, removed, added, this.#kept))
  }
}

type Place = [measure: number, level: number, start: number, labelSetId: number]

function deltaAt(deltas: Map<HourCell, Delta>, cell: HourCell): Delta {
  let delta = deltas.get(cell)
  if (!delta) deltas.set(cell, (delta = { removed: new Map(), added: [] }))
  return delta
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const at = kysely
    .selectFrom('top_call')
    .where('measure', '=', 0)
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
  const upsert = kysely
    .insertInto('top_call')
    .values({
      measure: 0,
      level: 0,
      bucket_start: 0,
      label_set_id: 0,
      counted: 0,
      is_short: 0,
      calls: new Uint8Array(),
    })
    .onConflict((conflict) =>
      conflict.columns(['measure', 'level', 'bucket_start', 'label_set_id']).doUpdateSet((eb) => ({
        counted: eb.ref('excluded.counted'),
        is_short: eb.ref('excluded.is_short'),
        calls: eb.ref('excluded.calls'),
      })),
    )
  const remove = kysely
    .deleteFrom('top_call')
    .where('measure', '=', 0)
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
  // By top_call_short.
  const short = kysely
    .selectFrom('top_call')
    .select(['level', 'bucket_start as start'])
    .where('is_short', '=', (eb) => eb.lit(1))
    .orderBy('level')
    .limit((eb) => eb.lit(1))
  const shortOf = kysely
    .selectFrom('top_call')
    .select(['measure', 'label_set_id as labelSetId'])
    .where('is_short', '=', (eb) => eb.lit(1))
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
  const hours = kysely
    .selectFrom('top_call')
    .select(['counted', 'calls'])
    .where('measure', '=', 0)
    .where('level', '=', (eb) => eb.lit(levelOf(HOUR_MS, 'labelSet')))
    .where('bucket_start', '>=', 0)
    .where('bucket_start', '<', 0)
    .where('label_set_id', '=', 0)
  // By app_log_started_at.
  const calls = kysely
    .selectFrom('app_log')
    .select(STORED_CALL_COLUMNS)
    .where('started_at', '>=', 0)
    .where('started_at', '<', 0)
    .where('id', '<=', 0)
    .where('is_step', '=', (eb) => eb.lit(0))
  const clear = kysely.deleteFrom('top_call').where('bucket_start', '>=', 0).where('bucket_start', '<', 0)
  type Cell = { counted: number; calls: Uint8Array }
  return {
    // By the primary key, like those that write.
    find: sqlite.prepare<Place, Cell>(at.select(['counted', 'calls']).compile().sql),
    upsert: sqlite.prepare<[...Place, number, number, Uint8Array]>(upsert.compile().sql),
    remove: sqlite.prepare<Place>(remove.compile().sql),
    short: sqlite.prepare<[], { level: number; start: number }>(short.compile().sql),
    shortOf: sqlite.prepare<[number, number], { measure: number; labelSetId: number }>(shortOf.compile().sql),
    hours: sqlite.prepare<[number, number, number, number], Cell>(hours.compile().sql),
    calls: sqlite.prepare<[number, number, number], StoredCall>(calls.compile().sql),
    clear: sqlite.prepare<[number, number]>(clear.compile().sql),
  }
}
