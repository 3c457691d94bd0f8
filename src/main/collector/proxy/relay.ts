import type { Agent as HttpAgent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { ProxyTarget } from '../../upstreams/index.ts'
import { toRawHeaders } from './headers.ts'

/** How a request through the proxy ended. */
export type RelayOutcome =
  /** The upstream's answer was passed on to its end, whatever its status. */
  | { kind: 'answered' }
  | { kind: 'client-abort' }
  | { kind: 'too-large' }
  /** No answer came. `code` is the system's, such as ECONNREFUSED. */
  | { kind: 'unreachable'; code: string | null }
  | { kind: 'timeout'; phase: 'connect' | 'first-byte' | 'idle' }
  /** The connection broke in the middle of the answer. */
  | { kind: 'broken-off' }

const NO_HTTP: RelayOutcome = { kind: 'unreachable', code: 'EPROTO' }

export interface RelayLimits {
  proxyBodyBytes: number
  proxyUploadBufferBytes: number
  upstreamConnectMs: number
  upstreamFirstByteMs: number
  upstreamIdleMs: number
}

export interface RelayOptions {
  request: IncomingMessage
  response: ServerResponse
  target: ProxyTarget
  /** What goes to the upstream. */
  headers: ReadonlyMap<string, string[]>
  agents: { http: HttpAgent; https: HttpsAgent }
  limits: RelayLimits
  /** What goes back to the caller of the head of the answer. */
  answerHeaders: (incoming: IncomingMessage) => ReadonlyMap<string, string[]>
  /** Sees what passes, after it was handed on. */
  onRequestChunk: (chunk: Buffer) => void
  onAnswer: (incoming: IncomingMessage) => void
  onAnswerChunk: (chunk: Buffer) => void
}

/**
 * Passes a request on and its answer back, chunk by chunk, each as soon as it is there and no faster than the other side
 * takes it. Where no answer can be passed on nothing is sent: the caller of this function says it in its own words. An
 * answer that breaks off is broken off for the client too, so that it cannot be mistaken for a whole one.
 */
export function relay(options: RelayOptions): Promise<RelayOutcome> {
  const { request, response, limits } = options
  return new Promise((resolve) => {
    const outgoing = openRequest(options)
    let incoming: IncomingMessage | undefined
    let timer: NodeJS.Timeout | undefined
    let isSettled = false

    const settle = (outcome: RelayOutcome): void => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      request.off('data', forward)
      // A connection on which half a request was sent must not carry another: an upstream may answer early.
      if (outcome.kind !== 'answered' || !outgoing.writableEnded) outgoing.destroy()
      if (outcome.kind !== 'answered' && response.headersSent) response.destroy()
      // What the client still sends is read and thrown away: many read an answer only after that.
      request.resume()
      resolve(outcome)
    }
    const startTimer = (phase: 'connect' | 'first-byte' | 'idle', ms: number): void => {
      clearTimeout(timer)
      if (isSettled) return
      timer = setTimeout(() => {
        // A client that reads slowly is not the upstream's silence.
        if (phase === 'idle' && response.writableNeedDrain) startTimer(phase, ms)
        else settle({ kind: 'timeout', phase })
      }, ms)
    }

    let sizeBytes = 0
    const forward = (chunk: Buffer): void => {
      sizeBytes += chunk.length
      if (sizeBytes > limits.proxyBodyBytes) return settle({ kind: 'too-large' })
      outgoing.write(chunk)
      options.onRequestChunk(chunk)
      if (timer && !outgoing.socket?.connecting && !incoming)
        startTimer('first-byte', limits.upstreamFirstByteMs)
      if (outgoing.writableLength > limits.proxyUploadBufferBytes) request.pause()
    }
    if (hasBody(request)) {
      outgoing.flushHeaders()
      request.on('data', forward)
      request.on('end', () => {
        if (!isSettled) outgoing.end()
      })
      outgoing.on('drain', () => request.resume())
    } else {
      request.resume()
      outgoing.end()
    }

    outgoing.on('socket', (socket) => {
      if (!socket.connecting) return startTimer('first-byte', limits.upstreamFirstByteMs)
      startTimer('connect', limits.upstreamConnectMs)
      onceConnected(socket, options.target, () => startTimer('first-byte', limits.upstreamFirstByteMs))
    })
    outgoing.on('error', (error) => {
      // After the head of an answer it is the answer that tells how things end.
      if (!incoming) settle({ kind: 'unreachable', code: codeOf(error) })
    })
    // Nobody asked for another protocol; without this Node would wait for ever.
    outgoing.on('upgrade', (_answer, socket) => {
      socket.destroy()
      settle(NO_HTTP)
    })
    outgoing.on('response', (answer) => {
      incoming = answer
      startTimer('idle', limits.upstreamIdleMs)
      if (!writeHead(options, answer)) return settle(NO_HTTP)
      response.flushHeaders()
      options.onAnswer(answer)
      answer.on('data', (chunk: Buffer) => {
        startTimer('idle', limits.upstreamIdleMs)
        if (!response.write(chunk)) answer.pause()
        options.onAnswerChunk(chunk)
      })
      response.on('drain', () => answer.resume())
      answer.on('end', () => {
        if (!answer.complete) return settle({ kind: 'broken-off' })
        response.end()
        settle({ kind: 'answered' })
      })
      answer.on('error', () => settle({ kind: 'broken-off' }))
      answer.on('close', () => settle({ kind: 'broken-off' }))
    })
    response.on('close', () => {
      if (!response.writableFinished) settle({ kind: 'client-abort' })
    })
    response.on('error', () => settle({ kind: 'client-abort' }))
  })
}

function openRequest({ request, target, headers, agents }: RelayOptions): ClientRequest {
  const { protocol, hostname, port, path } = target
  // Host and path are given apart: nothing of the caller's is ever read as a URL.
  const options = { hostname, port, path, method: request.method ?? 'GET' }
  const outgoing =
    protocol === 'https:'
      ? httpsRequest({ ...options, agent: agents.https })
      : httpRequest({ ...options, agent: agents.http })
  for (const [name, values] of headers) outgoing.setHeader(name, values)
  // A body without a length goes on in chunks, whatever the method; Node would guess by the method.
  if (request.headers['transfer-encoding'] !== undefined) outgoing.setHeader('transfer-encoding', 'chunked')
  return outgoing
}

/** @returns false for an answer that HTTP does not know, such as one of status 000. */
function writeHead({ response, answerHeaders }: RelayOptions, answer: IncomingMessage): boolean {
  try {
    response.writeHead(answer.statusCode ?? 0, answer.statusMessage, toRawHeaders(answerHeaders(answer)))
    return true
  } catch {
    return false
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function onceConnected(socket: Socket, { protocol }: ProxyTarget, then: () => void): void {
  socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', then)
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}
