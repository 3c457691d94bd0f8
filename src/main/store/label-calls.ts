import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { PlaceTables } from './following-tables.ts'
import type { HourCell } from './hour-cells.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'

type Place = [dayStart: number, labelSetId: number, startedAt: number, id: number]

/**
 * Where the calls of each label set are. By day first, so that calls that come together lie together, however many label
 * sets there are.
 */
export class LabelCalls implements PlaceTables {
  readonly #statements: ReturnType<typeof prepareStatements>
  #coming: Place[] = []
  /** By id. */
  readonly #leaving = new Map<number, Place>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
  }

  add({ id, startedAt }: StoredCall, { labelSetId, day }: HourCell): void {
    // What leaves and comes again has only changed.
    if (!this.#leaving.delete(id)) this.#coming.push([day.start, labelSetId, startedAt, id])
  }

  subtract({ id, startedAt }: StoredCall, { labelSetId, day }: HourCell): void {
    this.#leaving.set(id, [day.start, labelSetId, startedAt, id])
  }

  expire(call: StoredCall, cell: HourCell): void {
    this.subtract(call, cell)
  }

  restore(call: StoredCall, cell: HourCell): void {
    this.add(call, cell)
  }

  flush(): void {
    // In the order of the table: neighbours share pages.
    this.#coming.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3])
    for (const place of this.#coming) this.#statements.insert.run(...place)
    for (const place of this.#leaving.values()) this.#statements.remove.run(...place)
    this.discard()
  }

  discard(): void {
    this.#coming = []
    this.#leaving.clear()
  }

  clear(from: number, to: number): void {
    this.#statements.clear.run(from, to)
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const insert = kysely
    .insertInto('label_call')
    .values({ day_start: 0, label_set_id: 0, started_at: 0, app_log_id: 0 })
  // By the primary key.
  const remove = kysely
    .deleteFrom('label_call')
    .where('day_start', '=', 0)
    .where('label_set_id', '=', 0)
    .where('started_at', '=', 0)
    .where('app_log_id', '=', 0)
  const clear = kysely.deleteFrom('label_call').where('day_start', '>=', 0).where('day_start', '<', 0)
  return {
    insert: sqlite.prepare<Place>(insert.compile().sql),
    remove: sqlite.prepare<Place>(remove.compile().sql),
    clear: sqlite.prepare<[number, number]>(clear.compile().sql),
  }
}
