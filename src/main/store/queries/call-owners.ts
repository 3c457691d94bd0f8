import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** What some calls and steps are known by, and how far they were looked for. */
export interface CallOwners {
  calls: { id: number; requestId: string; userId: string | null; startedAt: number }[]
  /** `app_log.id` up to which all are in it; null: to the end. */
  end: number | null
}

/** Calls and steps in the order of their ids, a stretch at a time. For what has to look at each of them. */
export async function callOwners(
  db: Kysely<Schema>,
  { after, length }: { after: number; length: number },
): Promise<CallOwners> {
  // By the primary key.
  const calls = await db
    .selectFrom('app_log')
    .select(['id', 'request_id as requestId', 'user_id as userId', 'started_at as startedAt'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(length)
    .execute()
  return { calls, end: calls.length < length ? null : (calls.at(-1)?.id ?? null) }
}
