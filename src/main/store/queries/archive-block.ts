import type { NewCall } from '../call.ts'
import type { OpenDatabase } from '../database.ts'
import type { ExpiringCall } from '../retention/expire-calls.ts'
import type { ArchiveCounts, ArchivedCall, ArchiveTotals } from '../retention/archived-call.ts'
import { tally } from '../retention/archived-call.ts'
import { feedbackOfCall } from '../feedback-of-call.ts'
import type { FeedbackRow } from '../retention/restore-feedback.ts'
import type { CallPlace } from './call-places.ts'
import type { ExpiringCallsRequest } from './expiring-calls.ts'
import { expiring } from './expiring-calls.ts'

export interface ArchiveBlock {
  /** A line of JSON for each call, UTF-8. */
  lines: Uint8Array
  calls: ExpiringCall[]
  counts: ArchiveCounts
  totals: ArchiveTotals
  /** Of the first and the last call. */
  firstStartedAt: number
  lastStartedAt: number
  /** Where it ended. */
  end: CallPlace
}

/**
 * The next calls of a day that are to go, with all that is stored of them, as lines of an archive.
 *
 * @param request `maxBytes`: a block that has so much takes no further call.
 * @returns null: there are no more.
 */
export function archiveBlock(
  database: OpenDatabase,
  request: ExpiringCallsRequest & { maxBytes: number },
): ArchiveBlock | null {
  // One transaction, so that a call and what belongs to it are of the same moment.
  return database.sqlite.transaction(() => readBlock(database, request)).deferred()
}

type Row = Record<string, string | number | null> & { id: number; requestId: string; startedAt: number }

function readBlock(
  database: OpenDatabase,
  request: ExpiringCallsRequest & { maxBytes: number },
): ArchiveBlock | null {
  const { kysely, sqlite } = database
  const query = expiring(kysely, request)
    .leftJoin('cost_config_ref', 'cost_config_ref.key', 'app_log.cost_config_key')
    .select(COLUMNS)
    .compile()
  // By the primary key.
  const events = kysely
    .selectFrom('span_event')
    .select(['digest', 'time_ns as timeNs', 'name', 'attributes'])
    .where('trace_id', '=', '')
    .where('span_id', '=', '')
  const findEvents = sqlite.prepare<[string, string], ArchivedCall['events'][number]>(events.compile().sql)
  const findFeedback = feedbackOfCall({ sqlite, kysely })

  const lines: string[] = []
  const calls: ExpiringCall[] = []
  const counts: ArchiveCounts = { calls: 0, steps: 0, texts: 0, feedback: 0, events: 0 }
  const totals: ArchiveTotals = { inputTokens: 0, outputTokens: 0, totalTokens: 0, costNanos: 0 }
  let length = 0
  let first: number | undefined
  let end: CallPlace | undefined
  for (const row of sqlite.prepare<unknown[], Row>(query.sql).iterate(...query.parameters)) {
    const { traceId, spanId } = row
    const call = toArchived(
      row,
      typeof traceId === 'string' && typeof spanId === 'string' ? findEvents.all(traceId, spanId) : [],
      findFeedback.all(row.id),
    )
    const line = JSON.stringify(call)
    lines.push(line)
    length += line.length
    tally(call, counts, totals)
    calls.push({
      id: call.id,
      requestId: call.requestId,
      costNanos: call.costNanos,
      isStep: call.isStep,
      events: call.events.length,
    })
    first ??= call.startedAt
    end = { startedAt: call.startedAt, id: call.id }
    if (length >= request.maxBytes) break
  }
  if (first === undefined || end === undefined) return null
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`)
  return { lines: bytes, calls, counts, totals, firstStartedAt: first, lastStartedAt: end.startedAt, end }
}

const COLUMNS = [
  'app_log.id',
  'request_id as requestId',
  'app_log.source',
  'is_step as isStep',
  'has_usage_below as usageBelow',
  'app',
  'app_type as appType',
  'environment',
  'user_id as userId',
  'session_id as sessionId',
  'provider',
  'request_model as requestModel',
  'model',
  'operation',
  'name',
  'status',
  'error_type as errorType',
  'error_message as errorMessage',
  'started_at as startedAt',
  'reported_started_at as reportedStartedAt',
  'arrived_at as arrivedAt',
  'duration_us as durationUs',
  'ttft_us as ttftUs',
  'input_tokens as inputTokens',
  'output_tokens as outputTokens',
  'cached_input_tokens as cachedInputTokens',
  'cache_write_tokens as cacheWriteTokens',
  'reasoning_tokens as reasoningTokens',
  'total_tokens as totalTokens',
  'usage_source as usageSource',
  'cost_nanos as costNanos',
  'cost_source as costSource',
  'config_id as costConfigId',
  'reported_cost_amount',
  'reported_cost_currency',
  'trace_id as traceId',
  'span_id as spanId',
  'parent_span_id as parentSpanId',
  'tags',
  'flags',
  'attributes',
  'prompt',
  'prompt_format',
  'prompt_length',
  'response',
  'response_format',
  'response_length',
] as const

function toArchived(row: Row, events: ArchivedCall['events'], feedback: FeedbackRow[]): ArchivedCall {
  const {
    prompt,
    prompt_format: promptFormat,
    prompt_length: promptLength,
    response,
    response_format: responseFormat,
    response_length: responseLength,
    reported_cost_amount: amount,
    reported_cost_currency: currency,
    tags,
    flags,
    isStep,
    ...columns
  } = row
  return {
    // The columns are named for the fields that they fill.
    ...(columns as unknown as Omit<
      NewCall & Pick<ArchivedCall, 'id' | 'usageBelow'>,
      'prompt' | 'response' | 'tags' | 'flags' | 'isStep' | 'reportedCost'
    >),
    isStep: isStep === 1,
    reportedCost:
      amount === null || currency === null ? null : { amount: Number(amount), currency: String(currency) },
    tags: listOf(tags) as NewCall['tags'],
    flags: listOf(flags) as NewCall['flags'],
    prompt: bodyOf(prompt, promptFormat, promptLength),
    response: bodyOf(response, responseFormat, responseLength),
    events,
    feedback,
  }
}

type Value = string | number | null | undefined

function bodyOf(text: Value, format: Value, originalLength: Value): NewCall['prompt'] {
  if (typeof text !== 'string') return null
  return {
    format: format === 'json' ? 'json' : 'text',
    text,
    ...(typeof originalLength === 'number' ? { originalLength } : {}),
  }
}

function listOf(json: Value): unknown[] {
  return typeof json === 'string' ? (JSON.parse(json) as unknown[]) : []
}
