import { LineSplitter } from './line-splitter.ts'

/** What cuts a body into the texts that its reader wants. */
export interface Framing {
  push(chunk: Uint8Array): void
  end(): void
  /** Whether something was too long to be read. */
  readonly hasSkipped: boolean
}

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) for their data. Names and ids are not needed: every vendor
 * repeats the name inside the data. An event that the end of the stream leaves unfinished is given too, as some servers
 * spare the last blank line.
 */
export class EventStream implements Framing {
  readonly #lines: LineSplitter
  readonly #maxLength: number
  readonly #onData: (data: string) => void
  #data: string[] = []
  #length = 0
  #isTooLong = false
  #hasSkippedEvent = false

  constructor(maxLength: number, onData: (data: string) => void) {
    this.#maxLength = maxLength
    this.#onData = onData
    this.#lines = new LineSplitter(maxLength, (line) => this.#takeLine(line))
  }

  get hasSkipped(): boolean {
    return this.#hasSkippedEvent || this.#lines.hasSkipped
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  end(): void {
    this.#lines.end()
    this.#dispatch()
  }

  #takeLine(line: string): void {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    // A comment has an empty name.
    if (field !== 'data') return
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    this.#length += value.length + 1
    if (this.#length > this.#maxLength) this.#isTooLong = true
    if (this.#isTooLong) this.#data = []
    else this.#data.push(value)
  }

  #dispatch(): void {
    if (this.#isTooLong) this.#hasSkippedEvent = true
    else if (this.#data.length > 0) this.#onData(this.#data.join('\n'))
    this.#data = []
    this.#length = 0
    this.#isTooLong = false
  }
}

/** Reads newline-delimited JSON: every line that is not blank. */
export class LineStream implements Framing {
  readonly #lines: LineSplitter

  constructor(maxLength: number, onLine: (line: string) => void) {
    this.#lines = new LineSplitter(maxLength, (line) => {
      if (line.trim() !== '') onLine(line)
    })
  }

  get hasSkipped(): boolean {
    return this.#lines.hasSkipped
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  end(): void {
    this.#lines.end()
  }
}
