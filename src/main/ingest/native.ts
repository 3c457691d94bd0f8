import { v7 as timeOrderedId } from 'uuid'
import type { IngestAnswer, ParsedAppLog } from '#shared/contract/app-logs.ts'
import { appLogInputSchema } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { Body, NewCall } from '../store/call.ts'
import { findExcess } from './json-excess.ts'
import { spanRequestId } from './span-request-id.ts'
import { Tally } from './tally.ts'

/** What a native request holds: the calls that can be stored, and for each other record why not. */
export interface NativeRecords {
  calls: NewCall[]
  /** Records that cannot be stored, by field and reason; the first of them are described in `errors`. */
  rejections: Tally
  errors: IngestAnswer['errors']
  /** Fields of stored calls that the schema does not know. */
  unknownFields: number
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(appLogInputSchema.shape))

/**
 * Reads native records, each by itself: a bad one does not keep the others out.
 *
 * @param records values as JSON.parse gives them.
 * @param arrivedAt epoch ms; the start of calls that do not say when they started.
 */
export function readNativeRecords(records: readonly unknown[], arrivedAt: number): NativeRecords {
  const result: NativeRecords = { calls: [], rejections: new Tally(), errors: [], unknownFields: 0 }
  records.forEach((record, index) => {
    const excess = findExcess(record)
    const problem = excess === null ? readRecord(record, arrivedAt, result) : { path: '', reason: excess }
    if (!problem) return
    // The field's name is the schema's; what comes below it may be the caller's.
    const [field = ''] = problem.path.split('.', 1)
    result.rejections.add(`${field} ${problem.reason}`.trim())
    if (result.errors.length < LIMITS.errorsPerAnswer) result.errors.push({ index, ...problem })
  })
  return result
}

function readRecord(
  record: unknown,
  arrivedAt: number,
  result: NativeRecords,
): { path: string; reason: string } | undefined {
  const parsed = appLogInputSchema.safeParse(record)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { path: issue?.path.map(String).join('.') ?? '', reason: issue?.message ?? 'is not a call' }
  }
  result.calls.push(toCall(parsed.data, arrivedAt))
  for (const field in record as object) if (!KNOWN_FIELDS.has(field)) result.unknownFields += 1
  return undefined
}

function toCall(input: ParsedAppLog, arrivedAt: number): NewCall {
  const hasError = nonEmpty(input.errorType) !== null || nonEmpty(input.errorMessage) !== null
  const inputTokens = input.inputTokens ?? null
  const outputTokens = input.outputTokens ?? null
  const totalTokens =
    input.totalTokens ?? (inputTokens !== null && outputTokens !== null ? inputTokens + outputTokens : null)
  const hasUsage = inputTokens !== null || outputTokens !== null || totalTokens !== null
  const spanId = input.traceId && input.spanId ? spanRequestId(input.traceId, input.spanId) : undefined
  const isInBaseCurrency = input.cost?.currency === BASE_CURRENCY
  return {
    requestId: input.requestId ?? spanId ?? timeOrderedId({ msecs: arrivedAt }),
    source: 'native',
    isStep: false,
    app: input.app,
    appType: nonEmpty(input.appType),
    environment: nonEmpty(input.environment),
    userId: nonEmpty(input.userId),
    sessionId: nonEmpty(input.sessionId),
    provider: nonEmpty(input.provider),
    requestModel: nonEmpty(input.requestModel),
    model: nonEmpty(input.model),
    operation: nonEmpty(input.operation),
    name: null,
    status: input.status ?? (hasError ? 'error' : 'ok'),
    errorType: nonEmpty(input.errorType),
    errorMessage: nonEmpty(input.errorMessage),
    startedAt: input.startedAt ?? arrivedAt,
    reportedStartedAt: null,
    arrivedAt,
    durationUs: toMicroseconds(input.durationMs),
    ttftUs: toMicroseconds(input.ttftMs),
    inputTokens,
    outputTokens,
    cachedInputTokens: input.cachedInputTokens ?? null,
    cacheWriteTokens: input.cacheWriteTokens ?? null,
    reasoningTokens: input.reasoningTokens ?? null,
    totalTokens,
    usageSource: hasUsage ? 'reported' : null,
    costNanos: input.cost && isInBaseCurrency ? Math.round(input.cost.amount * 1e9) : null,
    costSource: isInBaseCurrency ? 'reported' : null,
    costConfigId: null,
    reportedCost: input.cost ?? null,
    traceId: input.traceId ?? null,
    spanId: input.spanId ?? null,
    parentSpanId: input.parentSpanId ?? null,
    tags: input.tags ?? [],
    flags: [],
    attributes: input.attributes ? JSON.stringify(input.attributes) : null,
    prompt: toBody(input.prompt),
    response: toBody(input.response),
  }
}

/** An empty name says as little as an absent one. */
function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text
}

function toMicroseconds(durationMs: number | undefined): number | null {
  return durationMs === undefined ? null : Math.round(durationMs * 1000)
}

function toBody(value: unknown): Body | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string'
    ? { format: 'text', text: value }
    : { format: 'json', text: JSON.stringify(value) }
}
