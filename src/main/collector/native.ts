import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IngestAnswer } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Ingest } from '../ingest/index.ts'
import { readNativeRecords } from '../ingest/index.ts'
import { sendJson, sendRefusal, storeRefusal } from './answer.ts'
import { readBody } from './body.ts'
import type { NativeContentType, Refusal } from './door.ts'
import { readContentType } from './door.ts'

/** `POST /v1/app-logs`: native calls as one object, an array, or a line each. Answers after they are committed. */
export async function receiveAppLogs(
  request: IncomingMessage,
  response: ServerResponse,
  ingest: Ingest,
): Promise<void> {
  const turnAway = (refusal: Refusal) => {
    ingest.countRefused(refusal.reason)
    sendRefusal(response, refusal)
  }
  const contentType = readContentType(request.headers['content-type'])
  if (!contentType) return turnAway(BAD_CONTENT_TYPE)
  const read = await readBody(request, LIMITS.bodyBytes)
  if (!read.ok) return turnAway(read.refusal)
  const parsed = parseRecords(read.body, contentType)
  if (!parsed.ok) return turnAway(parsed.refusal)

  const { calls, rejected, errors, unknownFields } = readNativeRecords(parsed.records, Date.now())
  if (calls.length === 0) {
    ingest.count({ rejected })
    return sendJson(response, 400, {
      accepted: 0,
      duplicates: 0,
      rejected,
      ids: [],
      errors,
    } satisfies IngestAnswer)
  }
  try {
    const { duplicateIndexes } = await ingest.submit(calls, read.body.length)
    ingest.count({ rejected, unknownFields })
    sendJson(response, 200, {
      accepted: calls.length - duplicateIndexes.length,
      duplicates: duplicateIndexes.length,
      rejected,
      ids: calls.map((call) => call.requestId),
      errors,
    } satisfies IngestAnswer)
  } catch (error) {
    turnAway(storeRefusal(error))
  }
}

type Parsed = { ok: true; records: unknown[] } | { ok: false; refusal: Refusal }

const BAD_CONTENT_TYPE: Refusal = {
  status: 415,
  reason: 'content-type',
  message: 'Content-Type must be application/json or application/x-ndjson, in UTF-8.',
}

// A byte order mark is skipped; bytes that are not UTF-8 throw.
const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseRecords(body: Buffer, contentType: NativeContentType): Parsed {
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    return badRequest('utf-8', 'The body is not valid UTF-8.')
  }
  let records: unknown[]
  if (contentType === 'ndjson') {
    const lines = text.split('\n')
    records = []
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue
      try {
        records.push(JSON.parse(line))
      } catch {
        return badRequest('json', `Line ${index + 1} of the body is not valid JSON.`)
      }
    }
  } else {
    try {
      const value: unknown = JSON.parse(text)
      records = Array.isArray(value) ? value : [value]
    } catch {
      return badRequest('json', 'The body is not valid JSON.')
    }
  }
  if (records.length === 0) return badRequest('no-records', 'The body holds no records.')
  if (records.length > LIMITS.recordsPerRequest) {
    const message = `A request may hold at most ${LIMITS.recordsPerRequest} records.`
    return { ok: false, refusal: { status: 413, reason: 'too-many-records', message } }
  }
  return { ok: true, records }
}

function badRequest(reason: string, message: string): Parsed {
  return { ok: false, refusal: { status: 400, reason, message } }
}
