import type { CallImportFormat } from '#shared/contract/call-imports.ts'
import { LIMITS } from '#shared/limits.ts'
import { logRecordsFromJson, spansFromJson } from '../collector/otlp/decode-json.ts'
import type { Decoded, OtlpLogRecord, OtlpSpan } from '../ingest/index.ts'
import { findExcess, spanToCall } from '../ingest/index.ts'
import type { NewCall } from '../store/call.ts'
import type { NewFeedback } from '../store/feedback.ts'
import { readFeedbackRecord } from './feedback-record.ts'
import type { Fields } from './fields.ts'
import { isFields } from './fields.ts'
import {
  isLangfuseObservation,
  isLangfuseTrace,
  langfuseSpan,
  langfuseTraceSpan,
  observationsOf,
} from './langfuse.ts'
import { isLangSmithRun, langSmithSpan } from './langsmith.ts'
import { arrivalOf, isOwnCall, readOwnCall } from './own-call.ts'

/** What a record of a file holds. Reasons are texts of ours, never something that was in the file. */
export interface ReadRecord {
  format: CallImportFormat | null
  calls: NewCall[]
  /** They become events of spans, or calls, where the key is known that their content is told apart by. */
  logs: OtlpLogRecord[]
  /** What was said of the calls. */
  feedback: NewFeedback[]
  rejections: { reason: string; count: number }[]
}

/** What others put around a body may nest, too. */
const WRAPPED_DEPTH = 16
/** Lists that APIs put around what was asked for. */
const ENVELOPES = ['data', 'runs'] as const

/**
 * Reads a record of a file, by what it looks like: a file may hold several kinds.
 *
 * @param app for calls that name none.
 * @param now epoch ms
 */
export function readRecord(text: string, app: string, now: number): ReadRecord {
  const result = nothingRead()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    reject(result, 'is not valid JSON')
    return result
  }
  const excess = findExcess(value, LIMITS.jsonDepth + WRAPPED_DEPTH)
  if (excess === null) readValue(value, app, now, result)
  else reject(result, excess)
  return result
}

/** The same of a row of a table, whose values are texts. */
export function readRow(fields: Fields, app: string, now: number): ReadRecord {
  const result = nothingRead()
  readValue(fields, app, now, result)
  return result
}

function nothingRead(): ReadRecord {
  return { format: null, calls: [], logs: [], feedback: [], rejections: [] }
}

function readValue(value: unknown, app: string, now: number, result: ReadRecord): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) readValue(item, app, now, result)
    return
  }
  if (!isFields(value)) return reject(result, 'is not a call')
  const envelope = ENVELOPES.find((name) => Array.isArray(value[name]))
  if (isOwnCall(value)) {
    result.format ??= 'own'
    const call = readOwnCall(value, now)
    if (typeof call === 'string') reject(result, call)
    else result.calls.push(call)
    if (typeof call !== 'string') addFeedback(result, value['feedback'], call.requestId)
  } else if (Object.hasOwn(value, 'resourceSpans')) {
    result.format ??= 'otlp'
    addSpans(result, spansFromJson(value), now)
  } else if (Object.hasOwn(value, 'resourceLogs')) {
    result.format ??= 'otlp'
    addLogs(result, value)
  } else if (Object.hasOwn(value, 'resourceMetrics')) {
    result.format ??= 'otlp'
    reject(result, 'holds metrics, which are not kept')
  } else if (isLangSmithRun(value)) {
    result.format ??= 'langsmith'
    addForeign(result, langSmithSpan(value, app), now)
  } else if (isLangfuseObservation(value)) {
    result.format ??= 'langfuse'
    addForeign(result, langfuseSpan(value, app), now)
  } else if (isLangfuseTrace(value)) {
    result.format ??= 'langfuse'
    const observations = observationsOf(value)
    if (observations.length === 0) addForeign(result, langfuseTraceSpan(value, app), now)
    for (const item of observations) addForeign(result, langfuseSpan(item, app, value), now)
  } else if (envelope) {
    readValue(value[envelope], app, now, result)
  } else {
    reject(result, 'is of no kind that can be imported')
  }
}

function reject(result: ReadRecord, reason: string, count = 1): void {
  result.rejections.push({ reason, count })
}

function addFeedback(result: ReadRecord, value: unknown, requestId: string): void {
  if (!Array.isArray(value)) return
  for (const item of value as unknown[]) {
    const feedback = readFeedbackRecord(item, requestId)
    if (feedback) result.feedback.push(feedback)
    else reject(result, 'has feedback that is none')
  }
}

function addSpans(result: ReadRecord, decoded: Decoded<OtlpSpan> | null, now: number): void {
  if (!decoded) return reject(result, 'is not an OTLP request')
  for (const span of decoded.items) add(result, spanToCall(span, now), now)
  for (const [reason, count] of Object.entries(decoded.rejections.toRecord())) reject(result, reason, count)
}

function addLogs(result: ReadRecord, value: Fields): void {
  const decoded = logRecordsFromJson(value)
  if (!decoded) return reject(result, 'is not an OTLP request')
  result.logs.push(...decoded.items)
  for (const [reason, count] of Object.entries(decoded.rejections.toRecord())) reject(result, reason, count)
}

/** Of what others write nothing can be taken for granted. */
function addForeign(result: ReadRecord, span: OtlpSpan, now: number): void {
  if (span.traceId === '' || span.spanId === '') return reject(result, 'has no id')
  if (span.startNs === 0n) return reject(result, 'has no time of start')
  // It came by no door of ours.
  add(result, { ...spanToCall(span, now), source: 'native' }, now)
}

function add(result: ReadRecord, call: NewCall, now: number): void {
  if (call.requestId.length > LIMITS.nameLength) reject(result, 'has too long an id')
  else result.calls.push({ ...call, arrivedAt: arrivalOf(call, now) })
}
