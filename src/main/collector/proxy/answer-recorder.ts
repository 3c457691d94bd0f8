import type { IncomingHttpHeaders } from 'node:http'
import type { ProxyAnswer } from '../../ingest/index.ts'
import type { ContentDecoder } from './content-decoder.ts'
import { createContentDecoder } from './content-decoder.ts'
import type { EndpointKind } from './endpoints.ts'
import type { Framing } from './event-stream.ts'
import { EventStream, LineStream } from './event-stream.ts'
import type { BodyKeeper } from './body-keeper.ts'
import { AnswerDraft } from './vendors/answer-draft.ts'
import type { AnswerReader } from './vendors/answer-reader.ts'
import { DONE } from './vendors/answer-reader.ts'
import { parseJson } from './vendors/json-value.ts'
import { createReader } from './vendors/readers.ts'
import { readErrorBody } from './vendors/vendor-error.ts'

/** A stream that unfolds to more than so many times what is kept of a body is no longer read. */
const MAX_DECODED_RATIO = 32

/** Reads an answer while it passes: its bytes are neither held up nor changed. */
export class AnswerRecorder {
  readonly #draft = new AnswerDraft()
  readonly #reader: AnswerReader
  readonly #decoder: ContentDecoder
  /** Absent when the answer is one JSON value. */
  readonly #framing: Framing | undefined
  readonly #keeper: BodyKeeper
  readonly #now: () => number
  readonly #status: number
  #firstTokenAt: number | null = null

  /**
   * @param keeper what keeps an answer that does not stream.
   * @param maxBytes of one event or line.
   * @param now a monotonic clock in milliseconds.
   */
  constructor(options: {
    kind: EndpointKind
    status: number
    headers: IncomingHttpHeaders
    keeper: BodyKeeper
    maxBytes: number
    now: () => number
  }) {
    const { headers, maxBytes } = options
    this.#status = options.status
    this.#keeper = options.keeper
    this.#now = options.now
    this.#reader = createReader(options.kind, this.#draft)
    // An error comes whole, also where a stream was asked for.
    this.#framing = this.#status >= 400 ? undefined : this.#createFraming(headers['content-type'], maxBytes)
    this.#decoder = createContentDecoder(headers['content-encoding'], maxBytes * MAX_DECODED_RATIO, (chunk) =>
      this.#takeDecoded(chunk),
    )
  }

  /** Takes the next bytes of the body as the upstream sent them. */
  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk)
  }

  /** When the first part of a stream came that the model wrote, by the clock given; null for what did not stream. */
  get firstTokenAt(): number | null {
    return this.#firstTokenAt
  }

  /** The protocol has said that the answer is over; what follows does not matter. */
  get isComplete(): boolean {
    return this.#draft.isComplete
  }

  /** After `end`: an answer that streamed said nothing of its end, and of no error. */
  get isBrokenOff(): boolean {
    return (
      this.#framing !== undefined && !this.#draft.hasFinished && this.#draft.error === null && !this.isCut
    )
  }

  /** Something was too large to be read. */
  get isCut(): boolean {
    return this.#keeper.isCut || this.#decoder.hasFailed || this.#framing?.hasSkipped === true
  }

  /** Reads what is left. Resolves when all that was pushed has been read. */
  async end(): Promise<void> {
    await this.#decoder.end()
    this.#framing?.end()
    if (this.#framing) return
    const value = parseJson(this.#keeper.text())
    if (this.#status >= 400) {
      this.#draft.error = readErrorBody(value)
      return
    }
    this.#reader.take(value)
    if (value !== undefined) this.#draft.isComplete = true
  }

  result(): ProxyAnswer {
    return this.#draft.result()
  }

  #createFraming(contentType: string | undefined, maxLength: number): Framing | undefined {
    const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
    const take = (text: string) => this.#takeText(text)
    if (type === 'text/event-stream') return new EventStream(maxLength, take)
    if (type === 'application/x-ndjson' || type === 'application/jsonl')
      return new LineStream(maxLength, take)
    return undefined
  }

  #takeDecoded(chunk: Uint8Array): void {
    if (this.#framing) this.#framing.push(chunk)
    else this.#keeper.push(chunk)
  }

  #takeText(text: string): void {
    if (text === DONE) {
      this.#draft.isComplete = true
      return
    }
    const hasOutput = this.#reader.take(parseJson(text))
    if (hasOutput) this.#firstTokenAt ??= this.#now()
  }
}
