import type { ByteBudget } from '../../ingest/index.ts'

/** Keeps the beginning of a body: as much as its own limit and the budget of all have room for. */
export class BodyKeeper {
  readonly #budget: ByteBudget
  readonly #limitBytes: number
  #chunks: Uint8Array[] = []
  #sizeBytes = 0
  /** Whether something was not kept. */
  isCut = false

  constructor(limitBytes: number, budget: ByteBudget) {
    this.#limitBytes = limitBytes
    this.#budget = budget
  }

  push(chunk: Uint8Array): void {
    if (this.isCut) return
    if (this.#sizeBytes + chunk.length > this.#limitBytes || !this.#budget.take(chunk.length)) {
      this.isCut = true
      return
    }
    this.#sizeBytes += chunk.length
    this.#chunks.push(chunk)
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** What was kept, as text; bytes that are not UTF-8 become replacement characters. */
  text(): string {
    return new TextDecoder('utf-8').decode(Buffer.concat(this.#chunks))
  }

  /** Gives back what it holds to the budget. */
  release(): void {
    this.#budget.giveBack(this.#sizeBytes)
    this.#sizeBytes = 0
    this.#chunks = []
  }
}
