import type { Queries } from '../queries/index.ts'
import type { IndexStep } from './text-index.ts'
import { SEGMENT_CALLS } from './segment.ts'

/** Texts are looked at by a thread that reads; a step is written with one short transaction. */
export interface TextIndexerParts {
  next: () => Promise<Awaited<ReturnType<Queries['nextIndexStep']>>>
  write: (step: IndexStep) => Promise<boolean>
  /** Whether the index has something of texts that are gone. */
  isOutdated: () => Promise<boolean>
  /** Whether work that can wait may be done now. Absent: always. */
  mayWork?: (() => boolean) | undefined
}

/** How long after a change it looks for what is to be done. */
const DELAY_MS = 100
/** To look for a segment that is full takes less than a millisecond. */
const LOOKED_FOR_CALLS = SEGMENT_CALLS / 8
/** After a failure: a full disk, most likely. */
const RETRY_MS = 30_000
/** How often it looks whether it may work again. */
const WAIT_MS = 10_000

/** Keeps the text index up to date, beside ingest: of the writer it takes a few milliseconds in two thousand calls. */
export class TextIndexer {
  readonly #parts: TextIndexerParts
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  #isUpToDate = false
  /** Counts what it was told of. */
  #news = 0
  #callsSinceLook = 0
  #working: Promise<void> | undefined

  constructor(parts: TextIndexerParts) {
    this.#parts = parts
    this.#later(DELAY_MS)
  }

  /** Says that calls were stored. */
  stored(calls: number): void {
    this.#callsSinceLook += calls
    // The newest are searched as they are until they fill a segment.
    if (this.#callsSinceLook >= LOOKED_FOR_CALLS) this.changed()
  }

  /** Says that there is something to be made anew. */
  changed(): void {
    this.#isUpToDate = false
    this.#news += 1
    this.#callsSinceLook = 0
    this.#later(DELAY_MS)
  }

  /** Does all there is to do now, whatever else goes on. */
  async finish(): Promise<void> {
    this.#isUpToDate = false
    while (!this.#isUpToDate && !this.#isClosed) await this.#work()
  }

  /** Takes out what is left of texts that are gone; that comes before all else. */
  async purge(): Promise<void> {
    while (!this.#isClosed && (await this.#parts.isOutdated())) await this.#work()
  }

  /** Waits for the step it is at. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#working?.catch(() => undefined)
  }

  #later(delayMs: number): void {
    if (this.#isClosed || this.#isUpToDate || this.#timer) return
    this.#timer = setTimeout(() => void this.#goOn(), delayMs)
  }

  async #goOn(): Promise<void> {
    const mayWork = this.#parts.mayWork?.() ?? true
    let hasFailed = false
    if (mayWork) await this.#work().catch(() => (hasFailed = true))
    this.#timer = undefined
    this.#later(hasFailed ? RETRY_MS : mayWork ? 0 : WAIT_MS)
  }

  /** One step; of two that ask at once, both wait for the same. */
  #work(): Promise<void> {
    this.#working ??= this.#step().finally(() => (this.#working = undefined))
    return this.#working
  }

  async #step(): Promise<void> {
    const news = this.#news
    const step = await this.#parts.next()
    if (step) await this.#parts.write(step)
    else this.#isUpToDate = this.#news === news
  }
}
