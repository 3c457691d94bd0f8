const LINE_FEED = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])
const ARRAY_START = 0x5b
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d])
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** A JSON text of a file, and the line that it begins on. */
export interface JsonRecord {
  line: number
  /** Null: it is too long to be read. */
  text: string | null
}

/**
 * Cuts a file of JSON into its records, however it is chunked, without holding more than one of them: lines of JSON, the
 * items of an array, or one object that goes over many lines. What a line holds is not looked into, so that one that is
 * broken spoils no other.
 */
export class JsonRecords {
  readonly #maxBytes: number
  #mode: 'start' | 'lines' | 'values' = 'start'
  /** What was read and is not cut yet. */
  #rest: Buffer = Buffer.alloc(0)
  #record: { line: number; parts: Buffer[]; bytes: number } | undefined
  #line = 1
  #depth = 0
  /** Depth at which records are: inside an array, or at the top. */
  #recordDepth = 0
  #isInString = false
  #isEscaped = false

  constructor({ maxBytes }: { maxBytes: number }) {
    this.#maxBytes = maxBytes
  }

  /** @returns the records that end in this chunk. */
  *push(chunk: Buffer): Generator<JsonRecord> {
    if (this.#mode !== 'start') {
      yield* this.#cut(chunk)
      return
    }
    this.#rest = Buffer.concat([this.#rest, chunk])
    const mode = this.#recognise(false)
    if (mode === undefined) return
    yield* this.#begin(mode)
  }

  /** @returns what is left. */
  *end(): Generator<JsonRecord> {
    if (this.#mode === 'start') yield* this.#begin(this.#recognise(true) ?? 'lines')
    if (this.#record) yield this.#finish()
  }

  *#begin(mode: 'lines' | 'values'): Generator<JsonRecord> {
    this.#mode = mode
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    yield* this.#cut(rest)
  }

  /** By its first line: one that is a JSON value of its own, or the beginning of a larger one. */
  #recognise(isAll: boolean): 'lines' | 'values' | undefined {
    if (this.#rest.subarray(0, 3).equals(BYTE_ORDER_MARK)) this.#rest = this.#rest.subarray(3)
    const start = this.#rest.findIndex((byte) => !SPACES.has(byte))
    if (start < 0) return undefined
    if (this.#rest[start] === ARRAY_START) return 'values'
    const end = this.#rest.indexOf(LINE_FEED, start)
    if (end < 0 && !isAll && this.#rest.length < this.#maxBytes) return undefined
    const line = this.#rest.toString('utf8', start, end < 0 ? undefined : end).trim()
    // The first line of a value that goes on: `{`, or `{"resourceSpans": [`.
    return end >= 0 && /[{[,:]$/.test(line) && !isJson(line) ? 'values' : 'lines'
  }

  *#cut(chunk: Buffer): Generator<JsonRecord> {
    yield* this.#mode === 'lines' ? this.#cutLines(chunk) : this.#cutValues(chunk)
  }

  *#cutLines(chunk: Buffer): Generator<JsonRecord> {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end))
      const record = this.#finish()
      if (record.text === null || record.text.trim() !== '') yield record
      this.#line += 1
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  *#cutValues(chunk: Buffer): Generator<JsonRecord> {
    let start = this.#record ? 0 : -1
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0
      if (byte === LINE_FEED) this.#line += 1
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#isInString = false
        continue
      }
      const isOutside = start < 0
      if (isOutside) {
        if (SPACES.has(byte) || byte === COMMA) continue
        if (byte === ARRAY_START && this.#depth === 0) {
          this.#depth = 1
          this.#recordDepth = 1
          continue
        }
        if (CLOSE.has(byte) && this.#depth === this.#recordDepth) {
          this.#depth = 0
          this.#recordDepth = 0
          continue
        }
        start = at
        this.#record = { line: this.#line, parts: [], bytes: 0 }
      }
      const isClosing = CLOSE.has(byte)
      // A bare word, such as a number, ends before what follows it.
      if (!isOutside && this.#depth === this.#recordDepth && (byte === COMMA || isClosing)) {
        this.#keep(chunk.subarray(start, at))
        yield this.#finish()
        start = -1
        if (isClosing) this.#depth = this.#recordDepth = 0
        continue
      }
      if (byte === QUOTE) this.#isInString = true
      else if (OPEN.has(byte)) this.#depth += 1
      else if (isClosing) this.#depth -= 1
      if (isClosing && this.#depth === this.#recordDepth) {
        this.#keep(chunk.subarray(start, at + 1))
        yield this.#finish()
        start = -1
      }
    }
    if (start >= 0) this.#keep(chunk.subarray(start))
  }

  #keep(bytes: Buffer): void {
    this.#record ??= { line: this.#line, parts: [], bytes: 0 }
    this.#record.bytes += bytes.length
    if (this.#record.bytes > this.#maxBytes) this.#record.parts = []
    else this.#record.parts.push(bytes)
  }

  #finish(): JsonRecord {
    const { line, parts, bytes } = this.#record ?? { line: this.#line, parts: [], bytes: 0 }
    this.#record = undefined
    return { line, text: bytes > this.#maxBytes ? null : Buffer.concat(parts).toString('utf8') }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Only a part of a value.
    return false
  }
}
