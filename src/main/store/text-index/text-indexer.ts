import type { Queries } from '../queries/index.ts'
import type { IndexStep } from './text-index.ts'
import { SEGMENT_CALLS } from './segment.ts'

/** Texts are looked at by a thread that reads; a step is written with one short transaction. */
export interface TextIndexerParts {
  next: () => Promise<Awaited<ReturnType<Queries['nextIndexStep']>>>
  write: (step: IndexStep) => Promise<boolean>
}

/** How long after a change it looks for what is to be done. */
const DELAY_MS = 1_000
/** To look for a segment that is full takes less than a millisecond. */
const LOOKED_FOR_CALLS = SEGMENT_CALLS / 8
/** With so many calls committed since the last look, ingest has more urgent use of the time. */
const BUSY_CALLS = 5_000
/** Further behind, it goes on beside ingest: what is not indexed takes long to search. */
const BEHIND_MAX = 100_000
/** After a failure: a full disk, most likely. */
const RETRY_MS = 30_000

/** Keeps the text index up to date in the pauses between commits. */
export class TextIndexer {
  readonly #parts: TextIndexerParts
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  #isUpToDate = false
  #callsBehind = 0
  #callsLately = 0
  #working: Promise<void> | undefined

  constructor(parts: TextIndexerParts) {
    this.#parts = parts
    this.#later(DELAY_MS)
  }

  /** Says that calls were stored. */
  stored(calls: number): void {
    this.#callsBehind += calls
    this.#callsLately += calls
    // The newest are searched as they are until they fill a segment.
    if (this.#callsBehind >= LOOKED_FOR_CALLS) this.changed()
  }

  /** Says that there is something to be made anew. */
  changed(): void {
    this.#isUpToDate = false
    this.#later(DELAY_MS)
  }

  /** Does all there is to do now, whatever else goes on. */
  async finish(): Promise<void> {
    this.#isUpToDate = false
    while (!this.#isUpToDate && !this.#isClosed) await this.#work()
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
    const isBusy = this.#callsLately > BUSY_CALLS && this.#callsBehind < BEHIND_MAX
    this.#callsLately = 0
    let hasFailed = false
    if (!isBusy) await this.#work().catch(() => (hasFailed = true))
    this.#timer = undefined
    this.#later(hasFailed ? RETRY_MS : isBusy ? DELAY_MS : 0)
  }

  /** One step; of two that ask at once, both wait for the same. */
  #work(): Promise<void> {
    this.#working ??= this.#step().finally(() => (this.#working = undefined))
    return this.#working
  }

  async #step(): Promise<void> {
    const behind = this.#callsBehind
    const step = await this.#parts.next()
    if (step) await this.#parts.write(step)
    else {
      this.#isUpToDate = this.#callsBehind === behind
      this.#callsBehind -= behind
    }
  }
}
