import type { Insertable, Kysely } from 'kysely'
import { chunksOf } from '#shared/chunks-of.ts'
import type { Schema } from './schema.ts'

export type NewSpanEvent = Insertable<Schema['span_event']>

// SQLite binds at most 32,766 values in a statement.
const EVENTS_PER_STATEMENT = 1_000

/** Stores events of spans, all or none; one that is known is left as it is. */
export async function insertSpanEvents(db: Kysely<Schema>, events: readonly NewSpanEvent[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const some of chunksOf(events, EVENTS_PER_STATEMENT)) {
      await transaction
        .insertInto('span_event')
        .values(some)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  })
}
