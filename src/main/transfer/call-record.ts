import * as z from 'zod'
import { instantSchema } from '#shared/contract/instant.ts'
import type { appLogInputSchema } from '#shared/contract/app-logs.ts'
import { isoTime } from '#shared/export/export-table.ts'
import { LIMITS } from '#shared/limits.ts'
import type { CallRow } from '../store/call-pages.ts'
import { feedbackRecord } from './feedback-record.ts'

/**
 * What a line of an exported file says besides the fields of a native call: with it, the call that is imported is the one
 * that was exported. A line is a native call, too, so that it can be posted to another console as it is.
 */
export const callRecordExtrasSchema = z.object({
  source: z.enum(['native', 'otlp', 'proxy']).optional(),
  name: z.string().max(LIMITS.nameLength).optional(),
  usageSource: z.enum(['reported', 'estimated']).optional(),
  costNanos: z.int().min(0).max(LIMITS.callCostNanos).optional(),
  costSource: z.enum(['reported', 'computed']).optional(),
  costConfigId: z.string().max(LIMITS.costConfigIdLength).optional(),
  arrivedAt: instantSchema.optional(),
  reportedStartedAt: instantSchema.optional(),
  flags: z.array(z.string().max(LIMITS.nameLength)).max(LIMITS.tagsPerCall).optional(),
  promptFormat: z.enum(['text', 'json']).optional(),
  promptLength: z.int().min(0).optional(),
  responseFormat: z.enum(['text', 'json']).optional(),
  responseLength: z.int().min(0).optional(),
})

type NativeField = Exclude<keyof typeof appLogInputSchema.shape, 'cost'>
type ExtraField = keyof typeof callRecordExtrasSchema.shape

/** A line of an exported file; what a call does not have is absent. */
export type CallRecord = Partial<Record<NativeField | ExtraField, unknown>> & {
  cost?: { amount: number; currency: string } | undefined
  /** What was said of it. */
  feedback?: ReturnType<typeof feedbackRecord>[] | undefined
}

/** Writes a call as a line of an exported file has it. */
export function callRecord(row: CallRow): CallRecord {
  const { reported_cost_amount: amount = null, reported_cost_currency: currency = null } = row
  return {
    requestId: row.request_id,
    source: row.source,
    app: row.app,
    appType: present(row.app_type),
    environment: present(row.environment),
    userId: present(row.user_id),
    sessionId: present(row.session_id),
    operation: present(row.operation),
    name: present(row.name),
    provider: present(row.provider),
    requestModel: present(row.request_model),
    model: present(row.model),
    status: row.status,
    errorType: present(row.error_type),
    errorMessage: present(row.error_message),
    startedAt: isoTime(row.started_at),
    durationMs: milliseconds(row.duration_us),
    ttftMs: milliseconds(row.ttft_us),
    inputTokens: present(row.input_tokens),
    outputTokens: present(row.output_tokens),
    cachedInputTokens: present(row.cached_input_tokens),
    cacheWriteTokens: present(row.cache_write_tokens),
    reasoningTokens: present(row.reasoning_tokens),
    totalTokens: present(row.total_tokens),
    usageSource: present(row.usage_source),
    costNanos: present(row.cost_nanos),
    costSource: present(row.cost_source),
    costConfigId: present(row.config_id),
    cost: amount === null || currency === null ? undefined : { amount, currency },
    traceId: present(row.trace_id),
    spanId: present(row.span_id),
    parentSpanId: present(row.parent_span_id),
    arrivedAt: isoTime(row.arrived_at),
    reportedStartedAt: row.reported_started_at ?? undefined,
    flags: parsed(row.flags),
    tags: parsed(row.tags),
    attributes: parsed(row.attributes),
    prompt: bodyOf(row.prompt, row.prompt_format),
    promptFormat: formatOf(row.prompt, row.prompt_format),
    promptLength: present(row.prompt_length),
    response: bodyOf(row.response, row.response_format),
    responseFormat: formatOf(row.response, row.response_format),
    responseLength: present(row.response_length),
    feedback: feedbackOf(row),
  }
}

/** Comments are texts, as bodies are. */
function feedbackOf({ feedback = [], prompt }: CallRow) {
  if (feedback.length === 0) return undefined
  return feedback.map((row) => feedbackRecord(row, { withTexts: prompt !== undefined }))
}

function present<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined
}

function milliseconds(microseconds: number | null): number | undefined {
  return microseconds === null ? undefined : microseconds / 1000
}

function parsed(json: string | null = null): unknown {
  return json === null ? undefined : JSON.parse(json)
}

function bodyOf(text: string | null = null, format: 'text' | 'json' | null = null): unknown {
  return text !== null && format === 'json' ? JSON.parse(text) : present(text)
}

/** Only of a body whose JSON value is a text: all others tell by what they are. */
function formatOf(text: string | null = null, format: 'text' | 'json' | null = null) {
  return text !== null && format === 'json' && text.trimStart().startsWith('"') ? 'json' : undefined
}
