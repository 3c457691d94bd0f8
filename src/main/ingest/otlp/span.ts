import type { Tally } from '../tally.ts'

/** An OTLP value as plain JavaScript: integers that a number cannot hold are decimal text, bytes are base64 text. */
export type AttributeValue =
  string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue }

/** A map, because attribute names come from outside. */
export type Attributes = ReadonlyMap<string, AttributeValue>

/** A span, whichever encoding it came in. */
export interface OtlpSpan {
  /** 32 hexadecimal digits */
  traceId: string
  /** 16 hexadecimal digits */
  spanId: string
  parentSpanId: string | null
  name: string
  /** Unix time in nanoseconds */
  startNs: bigint
  endNs: bigint
  hasErrorStatus: boolean
  statusMessage: string
  attributes: Attributes
  events: OtlpEvent[]
  /** Attributes of the resource: who sent it. */
  resource: Attributes
}

export interface OtlpEvent {
  name: string
  timeNs: bigint
  attributes: Attributes
}

/** A log record with the span it belongs to, if it names one. */
export interface OtlpLogRecord extends OtlpEvent {
  traceId: string | null
  spanId: string | null
  body: AttributeValue
  resource: Attributes
}

/** What a request holds: what could be read, and why other items could not. */
export interface Decoded<Item> {
  items: Item[]
  rejections: Tally
}
