import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IngestAnswer } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Ingest } from '../ingest/index.ts'
import { readNativeRecords } from '../ingest/index.ts'
import { sendJson, sendRefusal, storeRefusal } from './answer.ts'
import { readBody } from './body.ts'
import type { NativeContentType, Refusal } from './door.ts'
import { readContentType } from './door.ts'
import { decodeText, NOT_UTF8, parseJsonText } from './json-body.ts'

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
  const read = await readBody(request, LIMITS.bodyBytes, ingest.queue)
  if (!read.ok) return turnAway(read.refusal)
  try {
    const parsed = parseRecords(read.body, contentType)
    if (!parsed.ok) return turnAway(parsed.refusal)
    const { status, answer } = await keep(parsed.records, ingest)
    sendJson(response, status, answer)
  } catch (error) {
    turnAway(storeRefusal(error))
  } finally {
    read.release()
  }
}

/** @throws what `Ingest.submit` throws: then nothing is kept and nothing counted. */
async function keep(records: unknown[], ingest: Ingest): Promise<{ status: number; answer: IngestAnswer }> {
  const { calls, rejections, errors, unknownFields } = readNativeRecords(records, Date.now())
  const duplicates = calls.length === 0 ? 0 : (await ingest.submit(calls)).duplicateIndexes.length
  ingest.countRejected(rejections)
  ingest.countUnknownFields(unknownFields)
  return {
    status: calls.length === 0 ? 400 : 200,
    answer: {
      accepted: calls.length - duplicates,
      duplicates,
      rejected: rejections.total,
      // As they are stored: see `tidyCall`.
      ids: calls.map((call) => call.requestId.toWellFormed()),
      errors,
    },
  }
}

type Parsed = { ok: true; records: unknown[] } | { ok: false; refusal: Refusal }

const BAD_CONTENT_TYPE: Refusal = {
  status: 415,
  reason: 'content-type',
  message: 'Content-Type must be application/json or application/x-ndjson, in UTF-8.',
}

const TOO_MANY: Parsed = {
  ok: false,
  refusal: {
    status: 413,
    reason: 'too-many-records',
    message: `A request may hold at most ${LIMITS.recordsPerRequest} records.`,
  },
}

function parseRecords(body: Buffer, contentType: NativeContentType): Parsed {
  const text = decodeText(body)
  if (text === null) return { ok: false, refusal: NOT_UTF8 }
  const parsed = contentType === 'ndjson' ? parseLines(text) : parseValue(text)
  if (!parsed.ok) return parsed
  const { records } = parsed
  if (records.length === 0) return badRequest('no-records', 'The body holds no records.')
  return records.length > LIMITS.recordsPerRequest ? TOO_MANY : { ok: true, records }
}

function parseValue(text: string): Parsed {
  const parsed = parseJsonText(text)
  if (!parsed.ok) return parsed
  const { value } = parsed
  return { ok: true, records: Array.isArray(value) ? value : [value] }
}

/** Reads a value a line, and no further than to the first line that is too many. */
function parseLines(text: string): Parsed {
  const records: unknown[] = []
  let lineNumber = 0
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    start = end < 0 ? text.length : end + 1
    lineNumber += 1
    if (line.trim() === '') continue
    if (records.length === LIMITS.recordsPerRequest) return TOO_MANY
    try {
      records.push(JSON.parse(line))
    } catch {
      return badRequest('json', `Line ${lineNumber} of the body is not valid JSON.`)
    }
  }
  return { ok: true, records }
}

function badRequest(reason: string, message: string): Parsed {
  return { ok: false, refusal: { status: 400, reason, message } }
}
