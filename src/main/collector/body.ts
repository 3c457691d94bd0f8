import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ByteBudget } from '../ingest/index.ts'
import type { Refusal } from './door.ts'

/** Whoever gets the body calls `release` when it is done with. */
export type BodyResult = { ok: true; body: Buffer; release: () => void } | { ok: false; refusal: Refusal }

const CUT_OFF: Refusal = { status: 400, reason: 'body-cut-off', message: 'The body ended early.' }
const BAD_GZIP: Refusal = { status: 400, reason: 'gzip', message: 'The body is not valid gzip.' }
const BAD_ENCODING: Refusal = {
  status: 415,
  reason: 'content-encoding',
  message: 'Content-Encoding must be gzip or absent.',
}
const QUEUE_FULL: Refusal = {
  status: 429,
  reason: 'queue-full',
  message: 'Too much is waiting to be stored. Retry shortly.',
  headers: { 'retry-after': '1' },
}

/**
 * Reads a request's body, decompressed. A body that announces more than the limit is refused before it is read,
 * one that turns out larger as soon as it does: a gzip bomb is never inflated whole.
 *
 * @param queue gives room for the bytes as they arrive; without room the answer is 429.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  queue: ByteBudget,
): Promise<BodyResult> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') return { ok: false, refusal: BAD_ENCODING }
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limitBytes) return { ok: false, refusal: tooLarge(limitBytes) }
  if (queue.takenBytes + announced > queue.limitBytes) return { ok: false, refusal: QUEUE_FULL }
  return collect(request, encoding === 'gzip', limitBytes, queue)
}

function tooLarge(limitBytes: number): Refusal {
  const message = `The body is larger than ${limitBytes / 1024 / 1024} MiB.`
  return { status: 413, reason: 'body-too-large', message }
}

function collect(
  request: IncomingMessage,
  isGzip: boolean,
  limitBytes: number,
  queue: ByteBudget,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const gunzip = isGzip ? createGunzip() : null
    const source: Readable = gunzip ?? request
    const chunks: Buffer[] = []
    let sizeBytes = 0
    let isSettled = false
    const release = () => queue.giveBack(sizeBytes)
    const finish = (refusal: Refusal | null) => {
      if (isSettled) return
      isSettled = true
      source.off('data', keep)
      if (gunzip) {
        request.unpipe(gunzip)
        gunzip.destroy()
      }
      if (refusal === null) return resolve({ ok: true, body: concat(chunks), release })
      release()
      resolve({ ok: false, refusal })
    }
    const keep = (chunk: Buffer) => {
      if (sizeBytes + chunk.length > limitBytes) return finish(tooLarge(limitBytes))
      if (!queue.take(chunk.length)) return finish(QUEUE_FULL)
      sizeBytes += chunk.length
      chunks.push(chunk)
    }
    source.on('data', keep)
    source.on('end', () => finish(null))
    gunzip?.on('error', () => finish(BAD_GZIP))
    request.on('error', () => finish(CUT_OFF))
    // Before the end the sender has gone; what a whole request still inflates is read to its end.
    request.on('close', () => {
      if (!request.complete) finish(CUT_OFF)
    })
    if (gunzip) request.pipe(gunzip)
  })
}

function concat(chunks: Buffer[]): Buffer {
  const [only] = chunks
  return chunks.length === 1 && only ? only : Buffer.concat(chunks)
}
