import type { IncomingMessage, ServerResponse } from 'node:http'
import { LIMITS } from '#shared/limits.ts'
import type { Ingest } from '../../ingest/index.ts'
import { logRecordsToEvents, spanToCall, Tally } from '../../ingest/index.ts'
import { sendWhole, storeRefusal } from '../answer.ts'
import { readBody } from '../body.ts'
import type { Refusal } from '../door.ts'
import { logRecordsFromJson, spansFromJson } from './decode-json.ts'
import { encodeExportResponse, encodeStatus } from './encode-protobuf.ts'

export type OtlpSignal = 'traces' | 'logs' | 'metrics'
type Encoding = 'json' | 'protobuf'

const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const

/** How each signal's answer names what it refused, in JSON. */
const REJECTED_FIELDS = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const

/** Codes of google.rpc.Status (google/rpc/code.proto) for our HTTP statuses. */
const RPC_CODES = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [413, 8],
  [415, 3],
  [429, 8],
  [503, 14],
  [507, 8],
])
const RPC_INTERNAL = 13

/**
 * `POST /v1/traces`, `/v1/logs`, `/v1/metrics` as OTLP/HTTP wants them: JSON or protobuf, partial success, and errors as
 * google.rpc.Status, all in the encoding of the request. Answers after what is kept is committed.
 */
export async function receiveOtlp(
  request: IncomingMessage,
  response: ServerResponse,
  ingest: Ingest,
  signal: OtlpSignal,
): Promise<void> {
  const encoding = encodingOf(request)
  const turnAway = (refusal: Refusal) => {
    ingest.countRefused(refusal.reason)
    sendStatus(response, encoding ?? 'json', refusal)
  }
  if (!encoding) return turnAway(BAD_CONTENT_TYPE)
  const read = await readBody(request, LIMITS.bodyBytes, ingest.queue)
  if (!read.ok) return turnAway(read.refusal)
  try {
    // An empty body is a protobuf message without fields: a request without items.
    const isEmpty = read.body.length === 0
    const outcome =
      isEmpty || signal === 'metrics' ? NOTHING : await keep(read.body, encoding, signal, ingest)
    if (!outcome.ok) return turnAway(outcome.refusal)
    ingest.countRejected(outcome.rejections)
    sendSuccess(response, encoding, signal, outcome.rejections)
  } finally {
    read.release()
  }
}

/** Answers a request that was turned away before it was read, in its own encoding as far as that is known. */
export function refuseOtlp(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  sendStatus(response, encodingOf(request) ?? 'json', refusal)
}

type Outcome = { ok: true; rejections: Tally } | { ok: false; refusal: Refusal }

const NOTHING: Outcome = { ok: true, rejections: new Tally() }

const BAD_CONTENT_TYPE: Refusal = {
  status: 415,
  reason: 'content-type',
  message: 'Content-Type must be application/x-protobuf or application/json.',
}
const NOT_A_REQUEST: Refusal = { status: 400, reason: 'otlp', message: 'The body is not an OTLP request.' }
const TOO_MANY: Refusal = {
  status: 413,
  reason: 'too-many-records',
  message: `A request may hold at most ${LIMITS.recordsPerRequest} items.`,
}

async function keep(
  body: Buffer,
  encoding: Encoding,
  signal: 'traces' | 'logs',
  ingest: Ingest,
): Promise<Outcome> {
  const arrivedAt = Date.now()
  const reader = encoding === 'json' ? jsonReader(body) : await protobufReader(body)
  const decoded = signal === 'traces' ? toCalls(reader.spans()) : toCallsAndEvents(reader.logRecords())
  if (!decoded) return { ok: false, refusal: NOT_A_REQUEST }
  const { calls, events, rejections } = decoded
  if (calls.length + events.length > LIMITS.recordsPerRequest) return { ok: false, refusal: TOO_MANY }
  try {
    if (calls.length > 0) await ingest.submit(calls)
    if (events.length > 0) await ingest.submitEvents(events)
    return { ok: true, rejections }
  } catch (error) {
    return { ok: false, refusal: storeRefusal(error) }
  }

  function toCalls(spans: ReturnType<typeof spansFromJson>) {
    return spans && { ...spans, calls: spans.items.map((span) => spanToCall(span, arrivedAt)), events: [] }
  }

  function toCallsAndEvents(records: ReturnType<typeof logRecordsFromJson>) {
    return (
      records && {
        ...records,
        ...logRecordsToEvents(records.items, arrivedAt, (text) => ingest.digest(text)),
      }
    )
  }
}

function jsonReader(body: Buffer) {
  const value = parseJson(body)
  return { spans: () => spansFromJson(value), logRecords: () => logRecordsFromJson(value) }
}

/** Loaded with the first request that needs it: it is large, and a start would wait for it. */
async function protobufReader(body: Buffer) {
  const { logRecordsFromProtobuf, spansFromProtobuf } = await import('./decode-protobuf.ts')
  return { spans: () => spansFromProtobuf(body), logRecords: () => logRecordsFromProtobuf(body) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    // Not JSON: undefined is no request.
    return undefined
  }
}

function encodingOf(request: IncomingMessage): Encoding | null {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  if (type.trim() === CONTENT_TYPES.json) return 'json'
  return type.trim() === CONTENT_TYPES.protobuf ? 'protobuf' : null
}

function sendSuccess(
  response: ServerResponse,
  encoding: Encoding,
  signal: OtlpSignal,
  { total: rejected, firstReason: reason }: Tally,
): void {
  const isPartial = rejected > 0
  const body =
    encoding === 'protobuf'
      ? encodeExportResponse(rejected, reason)
      : // Protobuf's JSON mapping writes 64-bit integers as text.
        JSON.stringify(
          isPartial
            ? { partialSuccess: { [REJECTED_FIELDS[signal]]: String(rejected), errorMessage: reason } }
            : {},
        )
  sendWhole(response, 200, { 'content-type': CONTENT_TYPES[encoding] }, body)
}

function sendStatus(
  response: ServerResponse,
  encoding: Encoding,
  { status, message, headers }: Refusal,
): void {
  const code = RPC_CODES.get(status) ?? RPC_INTERNAL
  const body = encoding === 'protobuf' ? encodeStatus(code, message) : JSON.stringify({ code, message })
  sendWhole(response, status, { 'content-type': CONTENT_TYPES[encoding], ...headers }, body)
}
