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
import { decodeItem, expectDepth, expectKeys, Unreadable } from './unreadable.ts'

type Fields = Record<string, unknown>

const TRACE_ID = /^[0-9a-fA-F]{32}$/
const SPAN_ID = /^[0-9a-fA-F]{16}$/
const ALL_ZERO = /^0+$/
const DECIMAL = /^-?\d{1,20}$/

/**
 * Reads an ExportTraceServiceRequest in OTLP's JSON encoding: lowerCamelCase keys, ids in hexadecimal, 64-bit integers
 * as numbers or decimal text, enum values as numbers only.
 *
 * @returns null if the value has not the shape of a request.
 */
export function spansFromJson(request: unknown): Decoded<OtlpSpan> | null {
  return readItems(request, ['resourceSpans', 'scopeSpans', 'spans'], readSpan)
}

/** The same for an ExportLogsServiceRequest. */
export function logRecordsFromJson(request: unknown): Decoded<OtlpLogRecord> | null {
  return readItems(request, ['resourceLogs', 'scopeLogs', 'logRecords'], readLogRecord)
}

function readItems<Item>(
  request: unknown,
  [resources, scopes, items]: [string, string, string],
  read: (fields: Fields, resource: Attributes) => Item,
): Decoded<Item> | null {
  const decoded: Decoded<Item> = { items: [], rejections: new Tally() }
  try {
    for (const inResource of listOf(asFields(request), resources)) {
      const resource = readAttributes(asFields(inResource['resource'] ?? {}))
      for (const inScope of listOf(inResource, scopes)) {
        for (const item of listOf(inScope, items)) decodeItem(decoded, () => read(item, resource))
      }
    }
    return decoded
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

function readSpan(fields: Fields, resource: Attributes): OtlpSpan {
  const status = asFields(fields['status'] ?? {})
  readEnum(fields['kind'], 'kind')
  return {
    traceId: readId(fields['traceId'], TRACE_ID, 'traceId must be 32 hexadecimal digits, not all zero'),
    spanId: readId(fields['spanId'], SPAN_ID, 'spanId must be 16 hexadecimal digits, not all zero'),
    parentSpanId: readOptionalId(
      fields['parentSpanId'],
      SPAN_ID,
      'parentSpanId must be 16 hexadecimal digits',
    ),
    name: readText(fields['name'], 'name'),
    startNs: readUnixNano(fields['startTimeUnixNano'], 'startTimeUnixNano'),
    endNs: readUnixNano(fields['endTimeUnixNano'], 'endTimeUnixNano'),
    hasErrorStatus: readEnum(status['code'], 'status.code') === 2,
    statusMessage: readText(status['message'], 'status.message'),
    attributes: readAttributes(fields),
    events: listOf(fields, 'events').map(readEvent),
    resource,
  }
}

function readEvent(fields: Fields): OtlpEvent {
  return {
    name: readText(fields['name'], 'event name'),
    timeNs: readUnixNano(fields['timeUnixNano'], 'event timeUnixNano'),
    attributes: readAttributes(fields),
  }
}

function readLogRecord(fields: Fields, resource: Attributes): OtlpLogRecord {
  const timeNs = readUnixNano(fields['timeUnixNano'], 'timeUnixNano')
  return {
    name: readText(fields['eventName'], 'eventName'),
    timeNs: timeNs === 0n ? readUnixNano(fields['observedTimeUnixNano'], 'observedTimeUnixNano') : timeNs,
    traceId: readOptionalId(fields['traceId'], TRACE_ID, 'traceId must be 32 hexadecimal digits'),
    spanId: readOptionalId(fields['spanId'], SPAN_ID, 'spanId must be 16 hexadecimal digits'),
    body: readValue(fields['body'], 1),
    attributes: readAttributes(fields),
    resource,
  }
}

function readAttributes(fields: Fields): Attributes {
  return new Map(readPairs(listOf(fields, 'attributes'), 1))
}

function readPairs(pairs: readonly Fields[], depth: number): [string, AttributeValue][] {
  expectKeys(pairs.length)
  return pairs.map((pair) => [readText(pair['key'], 'key'), readValue(pair['value'], depth)])
}

function readValue(value: unknown, depth: number): AttributeValue {
  expectDepth(depth)
  if (value === undefined || value === null) return null
  const any = asFields(value)
  if (any['stringValue'] !== undefined) return readText(any['stringValue'], 'stringValue')
  if (any['intValue'] !== undefined) return integerValue(readInteger(any['intValue'], 'intValue'))
  if (any['doubleValue'] !== undefined) return readDouble(any['doubleValue'])
  if (any['boolValue'] !== undefined) return any['boolValue'] === true
  if (any['arrayValue'] !== undefined) {
    return listOf(asFields(any['arrayValue']), 'values').map((item) => readValue(item, depth + 1))
  }
  if (any['kvlistValue'] !== undefined) {
    return Object.fromEntries(readPairs(listOf(asFields(any['kvlistValue']), 'values'), depth + 1))
  }
  if (any['bytesValue'] !== undefined) return readText(any['bytesValue'], 'bytesValue')
  return null
}

function readDouble(value: unknown): number | string {
  // Protobuf's JSON mapping writes the values that JSON numbers cannot hold as text.
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new Unreadable('doubleValue must be a number')
}

function readUnixNano(value: unknown, name: string): bigint {
  const nanoseconds = value === undefined || value === null ? 0n : readInteger(value, name)
  if (nanoseconds >= 0n) return nanoseconds
  throw new Unreadable(`${name} must not be negative`)
}

function readInteger(value: unknown, name: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && DECIMAL.test(value)) return BigInt(value)
  throw new Unreadable(`${name} must be an integer or decimal text`)
}

function readEnum(value: unknown, name: string): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number') return value
  throw new Unreadable(`${name} must be a number: OTLP's JSON encoding has no enum names`)
}

function readId(value: unknown, pattern: RegExp, problem: string): string {
  if (typeof value === 'string' && pattern.test(value) && !ALL_ZERO.test(value)) return value.toLowerCase()
  throw new Unreadable(problem)
}

function readOptionalId(value: unknown, pattern: RegExp, problem: string): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' && pattern.test(value))
    return ALL_ZERO.test(value) ? null : value.toLowerCase()
  throw new Unreadable(problem)
}

function readText(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new Unreadable(`${name} must be text`)
}

function listOf(fields: Fields, name: string): Fields[] {
  const list = fields[name]
  if (list === undefined || list === null) return []
  if (Array.isArray(list)) return list.map(asFields)
  throw new Unreadable(`${name} must be an array`)
}

function asFields(value: unknown): Fields {
  if (isFields(value)) return value
  throw new Unreadable('an object is missing')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
