import type { IncomingMessage, ServerResponse } from 'node:http'
import { LIMITS } from '#shared/limits.ts'
import type { FeedbackKeeper } from '../feedback/index.ts'
import { readFeedback } from '../feedback/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { sendJson, sendRefusal, storeRefusal } from './answer.ts'
import { readBody } from './body.ts'
import type { Refusal } from './door.ts'
import { readContentType } from './door.ts'
import { parseJsonBody } from './json-body.ts'

/** `POST /v1/feedback`: a judgement of one call. Answers after it is committed. */
export async function receiveFeedback(
  request: IncomingMessage,
  response: ServerResponse,
  ingest: Ingest,
  feedback: FeedbackKeeper,
): Promise<void> {
  const turnAway = (refusal: Refusal) => {
    ingest.countRefused(refusal.reason)
    sendRefusal(response, refusal)
  }
  if (readContentType(request.headers['content-type']) !== 'json') return turnAway(BAD_CONTENT_TYPE)
  const read = await readBody(request, LIMITS.bodyBytes, ingest.queue)
  if (!read.ok) return turnAway(read.refusal)
  try {
    const parsed = parseJsonBody(read.body)
    if (!parsed.ok) return turnAway(parsed.refusal)
    const reading = readFeedback(parsed.value, Date.now())
    if (!reading.ok) {
      feedback.countRejected(reading.problems[0])
      return sendJson(response, 400, { error: { ...INVALID, details: reading.problems } })
    }
    await feedback.submit([reading.feedback])
    sendJson(response, 201, { id: reading.feedback.id })
  } catch (error) {
    turnAway(storeRefusal(error))
  } finally {
    read.release()
  }
}

const BAD_CONTENT_TYPE: Refusal = {
  status: 415,
  reason: 'content-type',
  message: 'Content-Type must be application/json, in UTF-8.',
}
const INVALID = { code: 'invalid-feedback', message: 'The body is not valid feedback; details say where.' }
