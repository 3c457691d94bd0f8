import type { NewCall } from '../../store/call.ts'
import type { AppEvent } from '../app-event.ts'
import type { AttributeValue, OtlpLogRecord } from './span.ts'
import { appOf, spanToCall } from './span-to-call.ts'

/** GenAI events have names of this kind; other log records are not ours to keep. */
const GENAI_EVENT = /^gen_ai\./
const DETAILS_EVENT = 'gen_ai.client.inference.operation.details'
const TRACE_ID_DIGITS = 32
const SPAN_ID_DIGITS = 16

/**
 * What GenAI events become: bodies of the span they name, or, when they name none, calls of their own.
 *
 * @param digestOf at least 48 hexadecimal digits, by which a record that is sent twice is known.
 */
export function logRecordsToEvents(
  records: readonly OtlpLogRecord[],
  arrivedAt: number,
  digestOf: (text: string) => string,
): { events: AppEvent[]; calls: NewCall[] } {
  const events: AppEvent[] = []
  const calls: NewCall[] = []
  for (const record of records) {
    const name = eventName(record)
    if (!GENAI_EVENT.test(name)) continue
    const attributes = { ...Object.fromEntries(record.attributes), ...bodyFields(record.body) }
    const text = JSON.stringify(attributes)
    const digest = digestOf(`${name}\n${record.timeNs}\n${text}`)
    if (record.traceId !== null && record.spanId !== null) {
      const { traceId, spanId, timeNs } = record
      events.push({
        app: appOf(record.resource),
        event: {
          trace_id: traceId,
          span_id: spanId,
          digest,
          time_ns: String(timeNs),
          name,
          attributes: text,
        },
      })
    } else if (name === DETAILS_EVENT) {
      calls.push(detailsToCall(record, digest, arrivedAt))
    }
  }
  return { events, calls }
}

/** The event's name has a field of its own since OTLP 1.5; before it was an attribute. */
function eventName(record: OtlpLogRecord): string {
  if (record.name !== '') return record.name
  const name = record.attributes.get('event.name')
  return typeof name === 'string' ? name : ''
}

/** Older events carry their content in the body, newer ones in attributes. */
function bodyFields(body: AttributeValue): Record<string, AttributeValue> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  return body === null ? {} : { content: body }
}

function detailsToCall(record: OtlpLogRecord, digest: string, arrivedAt: number): NewCall {
  const call = spanToCall(
    {
      traceId: digest.slice(0, TRACE_ID_DIGITS),
      spanId: digest.slice(TRACE_ID_DIGITS, TRACE_ID_DIGITS + SPAN_ID_DIGITS),
      parentSpanId: null,
      name: '',
      startNs: record.timeNs,
      endNs: 0n,
      hasErrorStatus: false,
      statusMessage: '',
      attributes: record.attributes,
      events: [],
      resource: record.resource,
    },
    arrivedAt,
  )
  // The ids only make the event known again when it is sent twice.
  return { ...call, requestId: `event-${digest.slice(0, TRACE_ID_DIGITS)}`, traceId: null, spanId: null }
}
