import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import type { Refusal } from './door.ts'

export type BodyResult = { ok: true; body: Buffer } | { ok: false; refusal: Refusal }

const TOO_LARGE: Refusal = {
  status: 413,
  reason: 'body-too-large',
  message: 'The body is larger than 20 MiB.',
}
const CUT_OFF: Refusal = { status: 400, reason: 'body-cut-off', message: 'The body ended early.' }
const BAD_GZIP: Refusal = { status: 400, reason: 'gzip', message: 'The body is not valid gzip.' }
const BAD_ENCODING: Refusal = {
  status: 415,
  reason: 'content-encoding',
  message: 'Content-Encoding must be gzip or absent.',
}

/**
 * Reads a request's body, decompressed. A body that announces more than the limit is refused before it is read,
 * one that turns out larger as soon as it does: a gzip bomb is never inflated whole.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') return refuse(BAD_ENCODING)
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return refuse(TOO_LARGE)
  return encoding === 'gzip' ? collectGzip(request, limitBytes) : collect(request, limitBytes)
}

function refuse(refusal: Refusal): Promise<BodyResult> {
  return Promise.resolve({ ok: false, refusal })
}

function collect(request: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes <= limitBytes) chunks.push(chunk)
      else resolve({ ok: false, refusal: TOO_LARGE })
    })
    request.on('end', () => {
      const [only] = chunks
      resolve({ ok: true, body: chunks.length === 1 && only ? only : Buffer.concat(chunks) })
    })
    // After 'end' this is too late to matter; before it the sender has gone.
    request.on('close', () => resolve({ ok: false, refusal: CUT_OFF }))
    request.on('error', () => resolve({ ok: false, refusal: CUT_OFF }))
  })
}

function collectGzip(request: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  return new Promise((resolve) => {
    const gunzip = createGunzip()
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const finish = (result: BodyResult) => {
      request.unpipe(gunzip)
      gunzip.destroy()
      resolve(result)
    }
    gunzip.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes <= limitBytes) chunks.push(chunk)
      else finish({ ok: false, refusal: TOO_LARGE })
    })
    gunzip.on('end', () => finish({ ok: true, body: Buffer.concat(chunks) }))
    gunzip.on('error', () => finish({ ok: false, refusal: BAD_GZIP }))
    request.on('error', () => finish({ ok: false, refusal: CUT_OFF }))
    request.on('aborted', () => finish({ ok: false, refusal: CUT_OFF }))
    request.pipe(gunzip)
  })
}
