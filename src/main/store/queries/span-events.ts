import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

export interface SpanEvent {
  name: string
  /** Unix time in nanoseconds, as decimal text. */
  timeNs: string
  attributes: Map<string, unknown>
}

/** @returns the events of a span that came apart from it, in order. */
export async function spanEvents(
  db: Kysely<Schema>,
  request: { traceId: string; spanId: string },
): Promise<SpanEvent[]> {
  // By the primary key.
  const rows = await db
    .selectFrom('span_event')
    .select(['name', 'time_ns as timeNs', 'attributes'])
    .where('trace_id', '=', request.traceId)
    .where('span_id', '=', request.spanId)
    .orderBy('time_ns')
    .execute()
  return rows.map((row) => ({
    name: row.name,
    timeNs: row.timeNs,
    attributes: new Map(Object.entries(JSON.parse(row.attributes) as object)),
  }))
}
