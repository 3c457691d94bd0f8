import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** Some calls with the request ids of sample data, and how far they were looked for. */
export interface SampleCalls {
  /** `app_log.id` */
  ids: number[]
  /** `app_log.id` up to which all were looked at; null: to the end. */
  end: number | null
}

/**
 * Calls whose request ids begin and look as those of sample data do, by looking through the calls in the order of their
 * ids, a stretch at a time: there is no index of request ids in their order.
 */
export async function sampleCalls(
  db: Kysely<Schema>,
  { prefix, pattern, after, length }: { prefix: string; pattern: RegExp; after: number; length: number },
): Promise<SampleCalls> {
  const end = after + length
  // By the primary key.
  const rows = await db
    .selectFrom('app_log')
    .select(['id', 'request_id as requestId'])
    .where('id', '>', after)
    .where('id', '<=', end)
    .where('request_id', '>=', prefix)
    .where('request_id', '<', `${prefix}\u{10ffff}`)
    .execute()
  const last = await db
    .selectFrom('app_log')
    .select((eb) => eb.fn.max('id').as('id'))
    .executeTakeFirst()
  return {
    ids: rows.filter(({ requestId }) => pattern.test(requestId)).map(({ id }) => id),
    end: end < (last?.id ?? 0) ? end : null,
  }
}
