import Long from 'long'
import type {
  AttributeValue,
  Attributes,
  Decoded,
  OtlpEvent,
  OtlpLogRecord,
  OtlpSpan,
} from '../../ingest/index.ts'
import { Tally } from '../../ingest/index.ts'
import { integerValue } from './integer-value.ts'
import { ExportLogsServiceRequest, ExportTraceServiceRequest } from './schema.ts'
import { decodeItem, expectDepth, expectKeys, Unreadable } from './unreadable.ts'

// What protobufjs decodes by our schema; a field that was not sent is absent or has its default.
interface WireValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: Long
  doubleValue?: number
  arrayValue?: { values?: WireValue[] }
  kvlistValue?: { values?: WireKeyValue[] }
  bytesValue?: Uint8Array
}
interface WireKeyValue {
  key?: string
  value?: WireValue
}
interface WireEvent {
  timeUnixNano?: Long
  name?: string
  attributes?: WireKeyValue[]
}
interface WireSpan extends Omit<WireEvent, 'timeUnixNano'> {
  traceId?: Uint8Array
  spanId?: Uint8Array
  parentSpanId?: Uint8Array
  startTimeUnixNano?: Long
  endTimeUnixNano?: Long
  events?: WireEvent[]
  status?: { message?: string; code?: number }
}
interface WireLogRecord {
  timeUnixNano?: Long
  observedTimeUnixNano?: Long
  body?: WireValue
  attributes?: WireKeyValue[]
  traceId?: Uint8Array
  spanId?: Uint8Array
  eventName?: string
}
interface WireResource {
  resource?: { attributes?: WireKeyValue[] }
}
interface WireTraceRequest {
  resourceSpans?: (WireResource & { scopeSpans?: { spans?: WireSpan[] }[] })[]
}
interface WireLogsRequest {
  resourceLogs?: (WireResource & { scopeLogs?: { logRecords?: WireLogRecord[] }[] })[]
}

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8

/**
 * Reads an ExportTraceServiceRequest in protobuf.
 *
 * @returns null if the bytes are not one.
 */
export function spansFromProtobuf(body: Uint8Array): Decoded<OtlpSpan> | null {
  return decode<WireTraceRequest, OtlpSpan>(ExportTraceServiceRequest, body, (request, decoded) => {
    for (const { resource, scopeSpans = [] } of request.resourceSpans ?? []) {
      const resourceAttributes = readAttributes(resource?.attributes)
      for (const span of scopeSpans.flatMap((scope) => scope.spans ?? [])) {
        decodeItem(decoded, () => readSpan(span, resourceAttributes))
      }
    }
  })
}

/** The same for an ExportLogsServiceRequest. */
export function logRecordsFromProtobuf(body: Uint8Array): Decoded<OtlpLogRecord> | null {
  return decode<WireLogsRequest, OtlpLogRecord>(ExportLogsServiceRequest, body, (request, decoded) => {
    for (const { resource, scopeLogs = [] } of request.resourceLogs ?? []) {
      const resourceAttributes = readAttributes(resource?.attributes)
      for (const record of scopeLogs.flatMap((scope) => scope.logRecords ?? [])) {
        decodeItem(decoded, () => readLogRecord(record, resourceAttributes))
      }
    }
  })
}

/** The schema and the interfaces above say the same; the compiler cannot see it through protobufjs's reflection. */
function decode<Request extends object, Item>(
  type: { decode(body: Uint8Array): object },
  body: Uint8Array,
  read: (request: Request, decoded: Decoded<Item>) => void,
): Decoded<Item> | null {
  let request: Request
  try {
    request = type.decode(body) as Request
  } catch {
    // protobufjs throws for whatever is not the message; why is of no use to the sender.
    return null
  }
  const decoded: Decoded<Item> = { items: [], rejections: new Tally() }
  try {
    read(request, decoded)
    return decoded
  } catch (error) {
    // A resource that cannot be read is everybody's.
    if (error instanceof Unreadable) return null
    throw error
  }
}

function readSpan(span: WireSpan, resource: Attributes): OtlpSpan {
  const traceId = readId(span.traceId, TRACE_ID_BYTES)
  const spanId = readId(span.spanId, SPAN_ID_BYTES)
  if (traceId === null || spanId === null) {
    throw new Unreadable('traceId must be 16 bytes and spanId 8, not all zero')
  }
  return {
    traceId,
    spanId,
    parentSpanId: readId(span.parentSpanId, SPAN_ID_BYTES),
    name: span.name ?? '',
    startNs: toBigInt(span.startTimeUnixNano),
    endNs: toBigInt(span.endTimeUnixNano),
    hasErrorStatus: span.status?.code === 2,
    statusMessage: span.status?.message ?? '',
    attributes: readAttributes(span.attributes),
    events: (span.events ?? []).map(readEvent),
    resource,
  }
}

function readLogRecord(record: WireLogRecord, resource: Attributes): OtlpLogRecord {
  const timeNs = toBigInt(record.timeUnixNano)
  return {
    name: record.eventName ?? '',
    timeNs: timeNs === 0n ? toBigInt(record.observedTimeUnixNano) : timeNs,
    traceId: readId(record.traceId, TRACE_ID_BYTES),
    spanId: readId(record.spanId, SPAN_ID_BYTES),
    body: readValue(record.body, 1),
    attributes: readAttributes(record.attributes),
    resource,
  }
}

function readEvent(event: WireEvent): OtlpEvent {
  return {
    name: event.name ?? '',
    timeNs: toBigInt(event.timeUnixNano),
    attributes: readAttributes(event.attributes),
  }
}

function readAttributes(pairs: WireKeyValue[] = []): Attributes {
  return new Map(readPairs(pairs, 1))
}

function readPairs(pairs: readonly WireKeyValue[], depth: number): [string, AttributeValue][] {
  expectKeys(pairs.length)
  return pairs.map(({ key, value }) => [key ?? '', readValue(value, depth)])
}

function readValue(value: WireValue | undefined, depth: number): AttributeValue {
  expectDepth(depth)
  if (!value) return null
  // A value that was sent is the message's own property, even when it equals the default.
  if (Object.hasOwn(value, 'stringValue')) return value.stringValue ?? ''
  if (Object.hasOwn(value, 'intValue')) return integerValue(value.intValue?.toBigInt() ?? 0n)
  if (Object.hasOwn(value, 'doubleValue')) return readDouble(value.doubleValue ?? 0)
  if (Object.hasOwn(value, 'boolValue')) return value.boolValue ?? false
  if (Object.hasOwn(value, 'arrayValue')) {
    return (value.arrayValue?.values ?? []).map((item) => readValue(item, depth + 1))
  }
  if (Object.hasOwn(value, 'kvlistValue')) {
    return Object.fromEntries(readPairs(value.kvlistValue?.values ?? [], depth + 1))
  }
  if (Object.hasOwn(value, 'bytesValue')) return Buffer.from(value.bytesValue ?? []).toString('base64')
  return null
}

/** JSON has no NaN and no infinities; as text they stay what they were. */
function readDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function readId(bytes: Uint8Array | undefined, length: number): string | null {
  if (bytes?.length !== length || bytes.every((byte) => byte === 0)) return null
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('hex')
}

function toBigInt(value: Long | undefined): bigint {
  return Long.isLong(value) ? value.toBigInt() : 0n
}
