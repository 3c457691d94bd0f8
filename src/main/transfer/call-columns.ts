import { isoTime, unitsOf } from '#shared/export/export-table.ts'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { CallRow } from '../store/call-pages.ts'

/** What a column of a table of calls holds; times are epoch ms, and JSON is its text. */
export type CallColumn = { name: string } & (
  | { type: 'text' | 'json'; of: (row: CallRow) => string | null | undefined }
  | { type: 'number' | 'integer' | 'time'; of: (row: CallRow) => number | null | undefined }
)

/** In the order and with the names that pages and the HTTP API have for them. */
const COLUMNS: readonly CallColumn[] = [
  { name: 'startedAt', type: 'time', of: (row) => row.started_at },
  { name: 'requestId', type: 'text', of: (row) => row.request_id },
  { name: 'app', type: 'text', of: (row) => row.app },
  { name: 'appType', type: 'text', of: (row) => row.app_type },
  { name: 'environment', type: 'text', of: (row) => row.environment },
  { name: 'userId', type: 'text', of: (row) => row.user_id },
  { name: 'sessionId', type: 'text', of: (row) => row.session_id },
  { name: 'provider', type: 'text', of: (row) => row.provider },
  { name: 'requestModel', type: 'text', of: (row) => row.request_model },
  { name: 'model', type: 'text', of: (row) => row.model },
  { name: 'operation', type: 'text', of: (row) => row.operation },
  { name: 'status', type: 'text', of: (row) => row.status },
  { name: 'errorType', type: 'text', of: (row) => row.error_type },
  { name: 'durationMs', type: 'number', of: (row) => milliseconds(row.duration_us) },
  { name: 'ttftMs', type: 'number', of: (row) => milliseconds(row.ttft_us) },
  { name: 'inputTokens', type: 'integer', of: (row) => row.input_tokens },
  { name: 'outputTokens', type: 'integer', of: (row) => row.output_tokens },
  { name: 'cachedInputTokens', type: 'integer', of: (row) => row.cached_input_tokens },
  { name: 'cacheWriteTokens', type: 'integer', of: (row) => row.cache_write_tokens },
  { name: 'reasoningTokens', type: 'integer', of: (row) => row.reasoning_tokens },
  { name: 'totalTokens', type: 'integer', of: (row) => row.total_tokens },
  { name: 'usageSource', type: 'text', of: (row) => row.usage_source },
  { name: 'cost', type: 'number', of: (row) => unitsOf(row.cost_nanos) },
  { name: 'currency', type: 'text', of: () => BASE_CURRENCY },
  { name: 'costSource', type: 'text', of: (row) => row.cost_source },
  { name: 'source', type: 'text', of: (row) => row.source },
  { name: 'traceId', type: 'text', of: (row) => row.trace_id },
  { name: 'spanId', type: 'text', of: (row) => row.span_id },
  { name: 'parentSpanId', type: 'text', of: (row) => row.parent_span_id },
]

const BODY_COLUMNS: readonly CallColumn[] = [
  { name: 'errorMessage', type: 'text', of: (row) => row.error_message },
  { name: 'prompt', type: 'text', of: (row) => row.prompt },
  { name: 'response', type: 'text', of: (row) => row.response },
  { name: 'tags', type: 'json', of: (row) => row.tags },
  { name: 'attributes', type: 'json', of: (row) => row.attributes },
]

export function callColumns({ withBodies }: { withBodies: boolean }): readonly CallColumn[] {
  return withBodies ? [...COLUMNS, ...BODY_COLUMNS] : COLUMNS
}

/** A value as a spreadsheet shows it. */
export function cellValue(column: CallColumn, row: CallRow): string | number | null {
  const value = column.of(row) ?? null
  return column.type === 'time' && typeof value === 'number' ? isoTime(value) : value
}

function milliseconds(microseconds: number | null): number | null {
  return microseconds === null ? null : microseconds / 1000
}
