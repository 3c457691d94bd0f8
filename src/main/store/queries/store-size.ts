import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'

export interface StoreSize {
  calls: number
  sizeBytes: number
  /** In the file: new calls take it before the file grows. */
  freeBytes: number
  /** Without pages that deleted rows have left, which are used again. */
  usedBytes: number
  sqliteVersion: string
}

/** How much the store holds. Calls are counted from the rollups: counting rows would read the whole table. */
export async function storeSize(db: Kysely<Schema>, sqlite: SqliteDatabase.Database): Promise<StoreSize> {
  const { calls } = await db
    .selectFrom('call_rollup')
    .select((row) => row.fn.sum<number | null>('requests').as('calls'))
    .where('level', '=', levelOf(DAY_MS, 'all'))
    .executeTakeFirstOrThrow()
  const { gone } = await db
    .selectFrom('frozen_day')
    .select((row) => row.fn.sum<number | null>('gone_calls').as('gone'))
    .executeTakeFirstOrThrow()
  const pragma = (name: string) => Number(sqlite.pragma(name, { simple: true }))
  const version = sqlite.prepare<[], { version: string }>('select sqlite_version() as version').get()
  return {
    calls: (calls ?? 0) - (gone ?? 0),
    sizeBytes: pragma('page_count') * pragma('page_size'),
    freeBytes: pragma('freelist_count') * pragma('page_size'),
    usedBytes: (pragma('page_count') - pragma('freelist_count')) * pragma('page_size'),
    sqliteVersion: version?.version ?? '',
  }
}
