/**
 * Cuts a stream of bytes into lines, however it is chunked: within a character, or between CR and LF. Lines end with
 * LF, CRLF or CR. One that is longer than the limit is left out, and noted.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8')
  readonly #maxLength: number
  readonly #onLine: (line: string) => void
  #parts: string[] = []
  #length = 0
  #isTooLong = false
  #endedWithCr = false
  /** Whether a line was left out. */
  hasSkipped = false

  /** @param maxLength in UTF-16 code units. */
  constructor(maxLength: number, onLine: (line: string) => void) {
    this.#maxLength = maxLength
    this.#onLine = onLine
  }

  push(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }))
  }

  /** Gives the last line if nothing ended it. */
  end(): void {
    this.#take(this.#decoder.decode())
    if (this.#length > 0 || this.#isTooLong) this.#finishLine()
  }

  #take(text: string): void {
    if (text === '') return
    let start = this.#endedWithCr && text.startsWith('\n') ? 1 : 0
    const lineEnd = /\r\n|\r|\n/g
    lineEnd.lastIndex = start
    for (let match = lineEnd.exec(text); match; match = lineEnd.exec(text)) {
      this.#keep(text.slice(start, match.index))
      this.#finishLine()
      start = lineEnd.lastIndex
    }
    this.#endedWithCr = text.endsWith('\r')
    this.#keep(text.slice(start))
  }

  #keep(part: string): void {
    if (part === '' || this.#isTooLong) return
    this.#length += part.length
    if (this.#length > this.#maxLength) {
      this.#isTooLong = true
      this.hasSkipped = true
      this.#parts = []
      return
    }
    this.#parts.push(part)
  }

  #finishLine(): void {
    const line = this.#isTooLong ? undefined : this.#parts.join('')
    this.#parts = []
    this.#length = 0
    this.#isTooLong = false
    if (line !== undefined) this.#onLine(line)
  }
}
