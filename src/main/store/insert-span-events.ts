import type { Insertable, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

export type NewSpanEvent = Insertable<Schema['span_event']>

// SQLite binds at most 32,766 values in a statement.
const EVENTS_PER_STATEMENT = 1_000

/** Stores events of spans, all or none; one that is known is left as it is. */
export async function insertSpanEvents(db: Kysely<Schema>, events: readonly NewSpanEvent[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (let start = 0; start < events.length; start += EVENTS_PER_STATEMENT) {
      await transaction
        .insertInto('span_event')
        .values(events.slice(start, start + EVENTS_PER_STATEMENT))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  })
}
