import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Upstream } from '#shared/contract/upstreams.ts'
import type { AnswerError, ByteBudget, ProxyAnswer, ProxyCall } from '../../ingest/index.ts'
import { proxyCall } from '../../ingest/index.ts'
import { AnswerRecorder } from './answer-recorder.ts'
import { BodyKeeper } from './body-keeper.ts'
import type { EndpointKind } from './endpoints.ts'
import { OPERATION_OF } from './endpoints.ts'
import { readLabels, readSecrets } from './labels.ts'
import type { RelayOutcome } from './relay.ts'
import { AnswerDraft } from './vendors/answer-draft.ts'
import { parseJson } from './vendors/json-value.ts'
import { readRequestFacts } from './vendors/request-facts.ts'

/** Watches one call pass, and makes of it what is stored. */
export class CallRecorder {
  readonly #kind: EndpointKind
  readonly #provider: string
  readonly #headers: IncomingHttpHeaders
  readonly #maxBytes: number
  readonly #requestBody: BodyKeeper
  readonly #answerBody: BodyKeeper
  readonly #startedAtEpochMs = Date.now()
  readonly #startedAt = performance.now()
  #status: number | null = null
  #answer: AnswerRecorder | undefined

  constructor(options: {
    kind: EndpointKind
    upstream: Upstream
    request: IncomingMessage
    limits: { proxyRecordBytes: number }
    budget: ByteBudget
  }) {
    const { limits, budget } = options
    this.#kind = options.kind
    this.#provider = options.upstream.name
    this.#headers = options.request.headers
    this.#maxBytes = limits.proxyRecordBytes
    this.#requestBody = new BodyKeeper(limits.proxyRecordBytes, budget)
    this.#answerBody = new BodyKeeper(limits.proxyRecordBytes, budget)
  }

  takeRequest(chunk: Buffer): void {
    this.#requestBody.push(chunk)
  }

  startAnswer(incoming: IncomingMessage): void {
    this.#status = incoming.statusCode ?? null
    this.#answer = new AnswerRecorder({
      kind: this.#kind,
      status: this.#status ?? 0,
      headers: incoming.headers,
      keeper: this.#answerBody,
      maxBytes: this.#maxBytes,
      now: () => performance.now(),
    })
  }

  takeAnswer(chunk: Buffer): void {
    this.#answer?.push(chunk)
  }

  /**
   * @param end.endedAt by the monotonic clock.
   * @param end.isClosing the console is being closed, and cuts off what is under way.
   * @returns the call, or null for a request that never went out.
   */
  async finish(
    outcome: RelayOutcome,
    { endedAt, isClosing }: { endedAt: number; isClosing: boolean },
  ): Promise<ProxyCall | null> {
    if (outcome.kind === 'too-large') return null
    // A client may hang up as soon as the last event is there.
    const wasComplete = this.#answer?.isComplete === true
    await this.#answer?.end()
    const firstTokenAt = this.#answer?.firstTokenAt ?? null
    return proxyCall({
      provider: this.#provider,
      operation: OPERATION_OF[this.#kind],
      labels: readLabels(this.#headers),
      startedAt: this.#startedAtEpochMs,
      arrivedAt: this.#startedAtEpochMs,
      durationMs: endedAt - this.#startedAt,
      ttftMs: firstTokenAt === null ? null : firstTokenAt - this.#startedAt,
      httpStatus: this.#status,
      request: readRequestFacts(this.#kind, parseJson(this.#requestBody.text())),
      answer: this.#answer?.result() ?? NO_ANSWER,
      failure: wasComplete ? null : this.#failureOf(outcome, isClosing),
      isCut: this.#requestBody.isCut || this.#answer?.isCut === true,
      secrets: readSecrets(this.#headers),
    })
  }

  release(): void {
    this.#requestBody.release()
    this.#answerBody.release()
  }

  #failureOf(outcome: Exclude<RelayOutcome, { kind: 'too-large' }>, isClosing: boolean): AnswerError | null {
    switch (outcome.kind) {
      case 'answered':
        return this.#answer?.isBrokenOff === true ? BROKEN_OFF : null
      case 'broken-off':
        return isClosing ? CLOSED : BROKEN_OFF
      case 'client-abort':
        return isClosing ? CLOSED : CLIENT_ABORT
      case 'timeout':
        return { type: 'upstream_timeout', message: TIMEOUTS[outcome.phase] }
      case 'unreachable': {
        const reason = outcome.code === null ? '' : ` (${outcome.code})`
        return { type: 'upstream_unreachable', message: `The upstream could not be reached${reason}.` }
      }
    }
  }
}

const NO_ANSWER: ProxyAnswer = new AnswerDraft().result()
const BROKEN_OFF: AnswerError = {
  type: 'stream_truncated',
  message: 'The answer broke off before its end.',
}
const CLIENT_ABORT: AnswerError = {
  type: 'client_abort',
  message: 'The client closed the connection before the end of the answer.',
}
const CLOSED: AnswerError = { type: 'console_closed', message: 'The console was closed during the call.' }
const TIMEOUTS = {
  connect: 'The upstream could not be connected to in time.',
  'first-byte': 'The upstream did not begin to answer in time.',
  idle: 'The upstream stopped in the middle of its answer.',
}
