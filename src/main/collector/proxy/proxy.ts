import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { performance } from 'node:perf_hooks'
import type { Upstream } from '#shared/contract/upstreams.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Ingest } from '../../ingest/index.ts'
import { ByteBudget } from '../../ingest/index.ts'
import type { Log } from '../../log.ts'
import type { ProxyTarget, Upstreams } from '../../upstreams/index.ts'
import { readTarget, rewriteLocation } from '../../upstreams/index.ts'
import { sendError, sendRefusal, storeRefusal } from '../answer.ts'
import type { Refusal } from '../door.ts'
import { allowOrigin, originHeaders } from '../web-origin.ts'
import { CallRecorder } from './call-recorder.ts'
import { readEndpoint } from './endpoints.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { RelayLimits, RelayOutcome } from './relay.ts'
import { relay } from './relay.ts'

/** `ANY /proxy/{upstream}/…`: passes requests on to upstreams that are configured, and records the calls among them. */
export interface RecordingProxy {
  /** Answers a request that the door let in. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** From now on what is cut off is cut off by the console. Resolves when all calls under way are recorded. */
  close(): Promise<void>
}

export interface ProxyOptions {
  upstreams: Pick<Upstreams, 'find'>
  ingest: Pick<Ingest, 'submit' | 'countRefused' | 'countDropped'>
  /** Whether calls pass without being recorded. Absent: never. */
  isPaused?: () => boolean
  log: Log
  limits?: Partial<ProxyLimits>
}

export type ProxyLimits = RelayLimits & { proxyRecordBytes: number; proxyRecordTotalBytes: number }

/**
 * Servers close a connection that idles, and a request sent at that moment is lost; it may not be sent again, as the
 * model may have run. So a connection is not kept for longer than servers do.
 */
const IDLE_CONNECTION_MS = 4_000

const ROUTE = /^\/proxy\/([^/?#]*)(.*)$/s

export function createProxy(options: ProxyOptions): RecordingProxy {
  const { upstreams, ingest, isPaused = () => false, log } = options
  const limits: ProxyLimits = { ...LIMITS, ...options.limits }
  const budget = new ByteBudget(limits.proxyRecordTotalBytes)
  const agents = {
    http: new HttpAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    https: new HttpsAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
  }
  const underWay = new Set<Promise<void>>()
  let isClosing = false

  /** Nobody waits for it: the answer has gone already, or is on its way. */
  async function store(recorder: CallRecorder, outcome: RelayOutcome, endedAt: number): Promise<void> {
    try {
      const call = await recorder.finish(outcome, { endedAt, isClosing })
      if (call) await ingest.submit([call])
    } catch (error) {
      const { reason } = storeRefusal(error)
      ingest.countDropped(reason)
      log.warn(`a call through the proxy was not recorded: ${reason}`)
    } finally {
      recorder.release()
    }
  }

  async function pass(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: Upstream,
    target: ProxyTarget,
  ): Promise<void> {
    const kind = readEndpoint(upstream.flavour, request.method ?? '', target.endpoint)
    const isUnrecorded = isPaused()
    if (kind && isUnrecorded) ingest.countDropped('paused')
    let recorder =
      kind && !isUnrecorded ? new CallRecorder({ kind, upstream, request, limits, budget }) : null
    /** A fault in what watches must not stop what passes. */
    const watch = (look: (recorder: CallRecorder) => void): void => {
      if (!recorder) return
      try {
        look(recorder)
      } catch (error) {
        recorder.release()
        recorder = null
        ingest.countDropped('recorder-failed')
        log.error('a call through the proxy could not be read', error)
      }
    }
    const outcome = await relay({
      request,
      response,
      target,
      headers: requestHeaders(request.rawHeaders),
      agents,
      limits,
      answerHeaders: (incoming) =>
        answerHeaders(
          incoming.rawHeaders,
          (location) => rewriteLocation(upstream, target, location),
          originHeaders(request.headers),
        ),
      onRequestChunk: (chunk) => watch((it) => it.takeRequest(chunk)),
      onAnswer: (incoming) => watch((it) => it.startAnswer(incoming)),
      onAnswerChunk: (chunk) => watch((it) => it.takeAnswer(chunk)),
    })
    const endedAt = performance.now()
    if (outcome.kind === 'too-large') ingest.countRefused(TOO_LARGE.reason)
    if (recorder) track(store(recorder, outcome, endedAt))
    if (!response.headersSent && !response.destroyed) {
      allowOrigin(request, response)
      answerFor(outcome, response)
    }
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }

  return {
    async answer(request, response) {
      const turnAway = (refusal: Refusal) => {
        ingest.countRefused(refusal.reason)
        allowOrigin(request, response)
        sendRefusal(response, refusal)
      }
      const [, name = '', rest = ''] = ROUTE.exec(request.url ?? '') ?? []
      const upstream = upstreams.find(name)
      if (!upstream) return turnAway(NO_SUCH_UPSTREAM)
      const result = readTarget(upstream, rest)
      if (!result.ok) return turnAway({ status: 400, reason: 'proxy-path', message: result.message })
      const { target } = result
      if (isThisConsole(target, request.socket.localPort)) return turnAway(LOOP)
      if (Number(request.headers['content-length'] ?? 0) > limits.proxyBodyBytes) return turnAway(TOO_LARGE)
      const passing = pass(request, response, upstream, target)
      track(passing.catch(() => undefined))
      await passing
    },
    async close() {
      isClosing = true
      // Storing begins when passing ends, so there may be more after the first wait.
      while (underWay.size > 0) await Promise.all(underWay)
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

const NO_SUCH_UPSTREAM: Refusal = {
  status: 404,
  reason: 'upstream',
  message: 'There is no upstream with this name. The proxy leads to configured upstreams only.',
}
const TOO_LARGE: Refusal = {
  status: 413,
  reason: 'body-too-large',
  message: `The body is larger than ${LIMITS.proxyBodyBytes / 1024 / 1024} MiB.`,
}
const LOOP: Refusal = {
  status: 508,
  reason: 'proxy-loop',
  message: 'The base URL of this upstream leads to the console itself.',
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|0\.0\.0\.0|::)$/

/** An upstream that leads back here would pass its requests on for ever. */
function isThisConsole({ hostname, port }: ProxyTarget, localPort: number | undefined): boolean {
  return port === localPort && LOOPBACK.test(hostname)
}

/** Answers in place of an upstream that did not. */
function answerFor(outcome: RelayOutcome, response: ServerResponse): void {
  switch (outcome.kind) {
    case 'too-large':
      return sendRefusal(response, TOO_LARGE)
    case 'unreachable':
      return sendError(response, 502, 'upstream_unreachable', 'The upstream could not be reached.')
    case 'timeout':
      return sendError(response, 504, 'upstream_timeout', 'The upstream did not answer in time.')
    case 'answered':
    case 'client-abort':
    case 'broken-off':
      response.destroy()
  }
}
