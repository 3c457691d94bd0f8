import type { Kysely } from 'kysely'
import type { TraceItem } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Schema } from '../schema.ts'
import { ITEM_COLUMNS, toItem } from './list-calls.ts'

/** @returns the calls and steps of a trace by their start, as many as a page holds. */
export async function readTrace(db: Kysely<Schema>, request: { traceId: string }): Promise<TraceItem[]> {
  // By app_log_trace.
  const rows = await db
    .selectFrom('app_log')
    .select([...ITEM_COLUMNS, 'name', 'is_step', 'span_id', 'parent_span_id'])
    .where('trace_id', '=', request.traceId)
    .orderBy('started_at')
    .orderBy('id')
    .limit(LIMITS.pageSize)
    .execute()
  return rows.map((row) => ({
    ...toItem(row),
    name: row.name,
    isStep: row.is_step === 1,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
  }))
}
