import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { FollowingTables } from './following-tables.ts'
import type { Cell, HourCell } from './hour-cells.ts'
import type { KeyChange } from './key-counts.ts'
import { changeKeyCounts, sumKeyChanges } from './key-counts.ts'
import { forEachPair } from './packed-pairs.ts'
import type { NameKeys } from './name-keys.ts'
import { DAY_MS, HOUR_MS, levelOf } from './rollup-levels.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'

/** Widths of the buckets that presence is kept in, ascending. */
export const PRESENCE_WIDTHS_MS = [HOUR_MS, DAY_MS] as const

/** What is told apart of what calls have many of, by its number in the table. */
export const PRESENT = { user: 0, session: 1 } as const

interface Delta {
  added: number[]
  removed: number[]
}

/**
 * Which users and sessions have calls in an hour or a day, by label set, so that the distinct ones of any range can be
 * told without its calls. A bucket is a set of numbers, each with how many calls it is there for.
 */
export class PresenceTables implements FollowingTables {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #users: Counted
  readonly #sessions: Counted

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { users, sessions }: { users: NameKeys; sessions: NameKeys },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#users = { kind: PRESENT.user, names: users, hours: new Map() }
    this.#sessions = { kind: PRESENT.session, names: sessions, hours: new Map() }
  }

  add(call: StoredCall, cell: HourCell): void {
    this.#count(call, cell, 'added')
  }

  subtract(call: StoredCall, cell: HourCell): void {
    this.#count(call, cell, 'removed')
  }

  flush(): void {
    for (const { kind, names, hours } of [this.#users, this.#sessions]) {
      const days = new Map<Cell, Delta>()
      for (const [hour, { added, removed }] of hours) {
        const changes = sumKeyChanges(added, removed)
        this.#write([kind, levelOf(HOUR_MS, 'labelSet'), hour.start, hour.labelSetId], changes)
        for (const { key, change } of changes) names.count(key, change)
        const day = deltaAt(days, hour.day)
        for (const key of added) day.added.push(key)
        for (const key of removed) day.removed.push(key)
      }
      for (const [{ start, labelSetId }, { added, removed }] of days) {
        this.#write([kind, levelOf(DAY_MS, 'labelSet'), start, labelSetId], sumKeyChanges(added, removed))
      }
      hours.clear()
      names.flush()
    }
  }

  discard(): void {
    for (const { names, hours } of [this.#users, this.#sessions]) {
      hours.clear()
      names.discard()
    }
  }

  clear(from: number, to: number): void {
    for (const { kind, names } of [this.#users, this.#sessions]) {
      for (const { counts } of this.#statements.hours.iterate(kind, from, to)) {
        forEachPair(counts, (key, count) => names.count(key, -count))
      }
      names.flush()
      for (const width of PRESENCE_WIDTHS_MS)
        this.#statements.clear.run(kind, levelOf(width, 'labelSet'), from, to)
    }
  }

  #count({ userId, sessionId }: StoredCall, cell: HourCell, change: keyof Delta): void {
    if (userId !== null) deltaAt(this.#users.hours, cell)[change].push(this.#users.names.keyOf(userId))
    if (sessionId !== null) {
      deltaAt(this.#sessions.hours, cell)[change].push(this.#sessions.names.keyOf(sessionId))
    }
  }

  #write(place: Place, changes: readonly KeyChange[]): void {
    const counts = changeKeyCounts(this.#statements.find.get(...place)?.counts, changes)
    if (counts.length > 0) this.#statements.upsert.run(...place, counts)
    else this.#statements.remove.run(...place)
  }
}

interface Counted {
  kind: number
  names: NameKeys
  hours: Map<HourCell, Delta>
}

type Place = [kind: number, level: number, start: number, labelSetId: number]

function deltaAt<Key extends Cell>(deltas: Map<Key, Delta>, cell: Key): Delta {
  let delta = deltas.get(cell)
  if (!delta) deltas.set(cell, (delta = { added: [], removed: [] }))
  return delta
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const place = { kind: 0, level: 0, bucket_start: 0, label_set_id: 0 } as const
  const find = kysely
    .selectFrom('presence')
    .select('counts')
    .where('kind', '=', 0)
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
  const upsert = kysely
    .insertInto('presence')
    .values({ ...place, counts: new Uint8Array() })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'level', 'bucket_start', 'label_set_id'])
        .doUpdateSet((eb) => ({ counts: eb.ref('excluded.counts') })),
    )
  const remove = kysely
    .deleteFrom('presence')
    .where('kind', '=', 0)
    .where('level', '=', 0)
    .where('bucket_start', '=', 0)
    .where('label_set_id', '=', 0)
  const hours = kysely
    .selectFrom('presence')
    .select('counts')
    .where('kind', '=', 0)
    .where('level', '=', (eb) => eb.lit(levelOf(HOUR_MS, 'labelSet')))
    .where('bucket_start', '>=', 0)
    .where('bucket_start', '<', 0)
  const clear = kysely
    .deleteFrom('presence')
    .where('kind', '=', 0)
    .where('level', '=', 0)
    .where('bucket_start', '>=', 0)
    .where('bucket_start', '<', 0)
  return {
    // By the primary key.
    find: sqlite.prepare<Place, { counts: Uint8Array }>(find.compile().sql),
    upsert: sqlite.prepare<[...Place, Uint8Array]>(upsert.compile().sql),
    remove: sqlite.prepare<Place>(remove.compile().sql),
    hours: sqlite.prepare<[number, number, number], { counts: Uint8Array }>(hours.compile().sql),
    clear: sqlite.prepare<[number, number, number, number]>(clear.compile().sql),
  }
}
