import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** @returns the keyed hashes of what is to stay forgotten, and since when (epoch ms). */
export async function readForgotten(db: Kysely<Schema>): Promise<{ digest: string; forgottenAt: number }[]> {
  return db.selectFrom('forgotten').select(['digest', 'forgotten_at as forgottenAt']).execute()
}
