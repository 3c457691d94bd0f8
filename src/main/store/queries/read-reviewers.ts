import type { Kysely } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { Schema } from '../schema.ts'

/** @returns the names of people who work on feedback, the last used first. There are few. */
export async function readReviewers(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('reviewer')
    .select('name')
    .orderBy('used_at', 'desc')
    .orderBy('name')
    .limit(LIMITS.reviewers)
    .execute()
  return rows.map(({ name }) => name)
}
