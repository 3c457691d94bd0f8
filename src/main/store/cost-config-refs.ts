import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Finds the number of a price, and makes one for a price that is used for the first time. Of the writer thread only. */
export class CostConfigRefs {
  readonly #insert: SqliteDatabase.Statement<[string]>
  readonly #find: SqliteDatabase.Statement<[string], { key: number }>
  readonly #keys = new Map<string, number>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    const insert = kysely
      .insertInto('cost_config_ref')
      .values({ config_id: '' })
      .onConflict((conflict) => conflict.doNothing())
    const find = kysely.selectFrom('cost_config_ref').select('key').where('config_id', '=', '')
    this.#insert = sqlite.prepare(insert.compile().sql)
    this.#find = sqlite.prepare(find.compile().sql)
  }

  keyOf(configId: string): number {
    const known = this.#keys.get(configId)
    if (known !== undefined) return known
    this.#insert.run(configId)
    const { key } = this.#find.get(configId) ?? {}
    if (key === undefined) throw new Error('a price that was just named is missing')
    this.#keys.set(configId, key)
    return key
  }

  /** Forgets what it knows: a transaction was rolled back. */
  forget(): void {
    this.#keys.clear()
  }
}
