import { LIMITS } from '#shared/limits.ts'
import { BASE_CURRENCY } from '../../pricing/index.ts'
import type { NewCall } from '../../store/call.ts'
import { spanRequestId } from '../span-request-id.ts'
import { AttributeReader } from './attributes.ts'
import { ATTRIBUTES, OPERATIONS, STEP_OPERATION } from './conventions.ts'
import { readBodies } from './messages.ts'
import type { Attributes, OtlpSpan } from './span.ts'
import { hasUsage, readReportedCost, readUsage } from './usage.ts'

const NANOS_PER_MICROSECOND = 1_000n
const NANOS_PER_MILLISECOND = 1_000_000n
const UNKNOWN_APP = 'unknown_service'
const EXCEPTION_EVENT = 'exception'

/**
 * Turns a span into a call, or into a step of its trace when nothing in it names a model or an operation. Which of
 * several nested calls carries the tokens is decided where the trace is known: in the store.
 *
 * @param arrivedAt epoch ms
 */
export function spanToCall(span: OtlpSpan, arrivedAt: number): NewCall {
  const attributes = new AttributeReader(span.attributes)
  const resource = new AttributeReader(span.resource)
  const name = (names: readonly string[]) => attributes.text(names, LIMITS.nameLength)

  const usage = readUsage(attributes)
  const reportedCost = readReportedCost(attributes)
  const namedOperation = name(ATTRIBUTES.operation)
  const requestModel = name(ATTRIBUTES.requestModel)
  const model = name(ATTRIBUTES.model)
  const operation =
    namedOperation === null ? null : (OPERATIONS.get(namedOperation.toLowerCase()) ?? namedOperation)
  const isCall =
    model !== null || requestModel !== null || (operation !== null && operation !== STEP_OPERATION)

  const exception = span.events.find((event) => event.name === EXCEPTION_EVENT)
  const exceptionText = (key: string) => {
    const value = exception?.attributes.get(key)
    return typeof value === 'string' && value !== '' ? value : null
  }
  const namedError = name(ATTRIBUTES.errorType)
  const errorType = namedError ?? exceptionText('exception.type')?.slice(0, LIMITS.nameLength) ?? null
  const level = attributes.text(['langfuse.observation.level'], LIMITS.nameLength)
  const statusMessage =
    span.statusMessage || attributes.text(['langfuse.observation.status_message'], Infinity)
  // An exception event alone is none: applications record those that they handled, too.
  const isError = span.hasErrorStatus || namedError !== null || level === 'ERROR'

  const bodies = readBodies(attributes, span.events)
  const startedAt = span.startNs === 0n ? arrivedAt : Number(span.startNs / NANOS_PER_MILLISECOND)
  const tags = attributes.first(['langfuse.trace.tags', 'tag.tags'])
  return {
    requestId: spanRequestId(span.traceId, span.spanId),
    source: 'otlp',
    isStep: !isCall,
    app: appOf(span.resource),
    appType: name(ATTRIBUTES.appType),
    environment: resource.text(ATTRIBUTES.environment, LIMITS.nameLength) ?? name(ATTRIBUTES.environment),
    userId: name(ATTRIBUTES.userId),
    sessionId: name(ATTRIBUTES.sessionId),
    provider: name(ATTRIBUTES.provider),
    requestModel,
    model,
    operation: isCall ? (operation ?? 'chat') : STEP_OPERATION,
    name: span.name.slice(0, LIMITS.nameLength) || null,
    status: isError ? 'error' : 'ok',
    errorType: isError ? errorType : null,
    errorMessage: isError ? statusMessage || exceptionText('exception.message') : null,
    startedAt,
    reportedStartedAt: null,
    arrivedAt,
    durationUs: durationOf(span),
    ttftUs: readTtftUs(attributes, span),
    ...usage,
    usageSource: hasUsage(usage) ? 'reported' : null,
    costNanos: reportedCost === null ? null : Math.round(reportedCost * 1e9),
    costSource: reportedCost === null ? null : 'reported',
    costConfigId: null,
    reportedCost: reportedCost === null ? null : { amount: reportedCost, currency: BASE_CURRENCY },
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    tags: Array.isArray(tags)
      ? tags.filter((tag) => typeof tag === 'string').slice(0, LIMITS.tagsPerCall)
      : [],
    flags: span.endNs !== 0n && span.endNs < span.startNs ? ['end-before-start'] : [],
    attributes: attributesText(attributes),
    ...bodies,
  }
}

/** The app that a resource is of. */
export function appOf(resource: Attributes): string {
  return new AttributeReader(resource).text(['service.name'], LIMITS.nameLength) ?? UNKNOWN_APP
}

/** A span that ends before it starts, or never, has no duration and stays out of the percentiles. */
function durationOf({ startNs, endNs }: OtlpSpan): number | null {
  if (startNs === 0n || endNs < startNs) return null
  const durationUs = Number((endNs - startNs) / NANOS_PER_MICROSECOND)
  return durationUs <= LIMITS.durationMs * 1000 ? durationUs : null
}

function readTtftUs(attributes: AttributeReader, span: OtlpSpan): number | null {
  const seconds = attributes.number(ATTRIBUTES.ttftSeconds)
  if (seconds !== null) return Math.round(seconds * 1e6)
  const milliseconds = attributes.number(ATTRIBUTES.ttftMs)
  if (milliseconds !== null) return Math.round(milliseconds * 1e3)
  const firstTokenAt = attributes.text(ATTRIBUTES.completionStart, LIMITS.nameLength)
  if (firstTokenAt === null) return null
  // Langfuse sends a JSON string: the time in quotes.
  const epochMs = Date.parse(firstTokenAt.replaceAll('"', ''))
  const ttftUs = Math.round(epochMs * 1000 - Number(span.startNs / NANOS_PER_MICROSECOND))
  return Number.isNaN(ttftUs) || ttftUs < 0 ? null : ttftUs
}

function attributesText(attributes: AttributeReader): string | null {
  const rest = attributes.unused(LIMITS.attributesPerCall)
  return rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest))
}
