import { createHash } from 'node:crypto'
import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from '../call.ts'
import { bucketStart, DAY_MS } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'

type Placed = Pick<NewCall, 'requestId' | 'startedAt'>

/**
 * Calls whose rows are gone because of their age, while what was counted of them stays. A day that has some is frozen: it
 * cannot be counted again. Of each its request id is remembered, so that it is not counted twice when it is sent again
 * or restored. Ids are asked for only on such days: ingest pays a comparison for it. Used by the writer thread only.
 */
export class GoneCalls {
  readonly #statements: ReturnType<typeof prepareStatements>
  /** Null: to be read. */
  #days: { frozen: Set<number>; before: number } | null = null
  /** What the open transaction has changed, by day. */
  readonly #changes = new Map<number, { gone: number; calls: number }>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
  }

  /** Whether calls of the day are gone, or going in the open transaction. */
  isFrozen(time: number): boolean {
    return this.#known().frozen.has(bucketStart(time, DAY_MS))
  }

  /** Where the frozen days begin, ascending. */
  frozenDays(): number[] {
    return [...this.#known().frozen].sort((a, b) => a - b)
  }

  has(call: Placed): boolean {
    if (!this.isFrozen(call.startedAt)) return false
    return (
      this.#statements.find.get(bucketStart(call.startedAt, DAY_MS), digestOf(call.requestId)) !== undefined
    )
  }

  /** Notes that a call has come: its day may hold something to delete again. */
  arrived({ startedAt }: Pick<NewCall, 'startedAt'>): void {
    if (startedAt >= this.#known().before) return
    this.#statements.unmark.run(bucketStart(startedAt, DAY_MS))
  }

  add(call: Placed, isStep: boolean): void {
    const day = bucketStart(call.startedAt, DAY_MS)
    if (this.#statements.insert.run(day, digestOf(call.requestId)).changes === 0) return
    this.#known().frozen.add(day)
    this.#change(day, 1, isStep)
  }

  /** @returns whether the call was gone. It has come back. */
  remove(call: Placed, isStep: boolean): boolean {
    const day = bucketStart(call.startedAt, DAY_MS)
    if (!this.isFrozen(day)) return false
    if (this.#statements.remove.run(day, digestOf(call.requestId)).changes === 0) return false
    this.#change(day, -1, isStep)
    return true
  }

  /** Writes how many are gone; to be called inside the transaction. A day all of whose calls are back is as any other. */
  flush(): void {
    for (const [day, { gone, calls }] of this.#changes) {
      this.#statements.count.run(day, gone, calls)
      if (gone < 0 && this.#statements.thaw.run(day).changes > 0) this.#known().frozen.delete(day)
    }
    this.#changes.clear()
  }

  mark(dayStart: number, kind: 'bodies' | 'calls', scope: string): void {
    this.#statements.mark.run(dayStart, kind, scope)
    this.discard()
  }

  unmark(dayStart: number): void {
    this.#statements.unmark.run(dayStart)
  }

  clearMarks(): void {
    this.#statements.clearMarks.run()
    this.discard()
  }

  /** Forgets days before then, whose rollups go; to be called inside the transaction. */
  forget(from: number, to: number): void {
    for (const statement of this.#statements.forget) statement.run(from, to)
    this.discard()
  }

  /** Forgets what it knows: the transaction was rolled back, or tables were changed. */
  discard(): void {
    this.#days = null
    this.#changes.clear()
  }

  #change(day: number, count: 1 | -1, isStep: boolean): void {
    const change = this.#changes.get(day) ?? { gone: 0, calls: 0 }
    change.gone += count
    if (!isStep) change.calls += count
    this.#changes.set(day, change)
  }

  #known(): { frozen: Set<number>; before: number } {
    return (this.#days ??= {
      frozen: new Set(this.#statements.frozen.all().map(({ day }) => day)),
      before: (this.#statements.lastMark.get()?.day ?? -Infinity) + DAY_MS,
    })
  }
}

/** 48 bits: within a day of a million calls, one in 10^8 of the calls that come late is taken for another. */
function digestOf(requestId: string): number {
  return createHash('sha256').update(requestId).digest().readUIntBE(0, 6)
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const insert = kysely
    .insertInto('gone_request')
    .values({ day_start: 0, digest: 0 })
    .onConflict((conflict) => conflict.doNothing())
  const count = kysely
    .insertInto('frozen_day')
    .values({ day_start: 0, gone: 0, gone_calls: 0 })
    .onConflict((conflict) =>
      conflict.column('day_start').doUpdateSet((eb) => ({
        gone: eb('frozen_day.gone', '+', eb.ref('excluded.gone')),
        gone_calls: eb('frozen_day.gone_calls', '+', eb.ref('excluded.gone_calls')),
      })),
    )
  const mark = kysely
    .insertInto('retention_mark')
    .values({ day_start: 0, kind: 'calls', scope: '' })
    .onConflict((conflict) => conflict.doNothing())
  const compile = (query: { compile(): { sql: string } }) => query.compile().sql
  return {
    // By the primary keys.
    find: sqlite.prepare<[number, number]>(
      compile(
        kysely.selectFrom('gone_request').select('digest').where('day_start', '=', 0).where('digest', '=', 0),
      ),
    ),
    insert: sqlite.prepare<[number, number]>(compile(insert)),
    remove: sqlite.prepare<[number, number]>(
      compile(kysely.deleteFrom('gone_request').where('day_start', '=', 0).where('digest', '=', 0)),
    ),
    count: sqlite.prepare<[number, number, number]>(compile(count)),
    thaw: sqlite.prepare<[number]>(
      compile(
        kysely
          .deleteFrom('frozen_day')
          .where('day_start', '=', 0)
          .where('gone', '=', (eb) => eb.lit(0)),
      ),
    ),
    frozen: sqlite.prepare<[], { day: number }>(
      compile(kysely.selectFrom('frozen_day').select('day_start as day')),
    ),
    lastMark: sqlite.prepare<[], { day: number | null }>(
      compile(kysely.selectFrom('retention_mark').select((eb) => eb.fn.max('day_start').as('day'))),
    ),
    mark: sqlite.prepare<[number, string, string]>(compile(mark)),
    unmark: sqlite.prepare<[number]>(compile(kysely.deleteFrom('retention_mark').where('day_start', '=', 0))),
    clearMarks: sqlite.prepare(compile(kysely.deleteFrom('retention_mark'))),
    forget: (['frozen_day', 'gone_request', 'retention_mark', 'kept_day'] as const).map((table) =>
      sqlite.prepare<[number, number]>(
        compile(kysely.deleteFrom(table).where('day_start', '>=', 0).where('day_start', '<', 0)),
      ),
    ),
  }
}
