import type { RetentionClock } from '../../../src/main/retention/index.ts'

/** Pauses between pieces of work are real; what waits longer waits for the test. */
const REAL_MS = 1_000

/** A clock that a test sets. */
export class HandClock implements RetentionClock {
  #now: number
  #monotonic = 0
  readonly #timers = new Set<{ at: number; run: () => void }>()

  constructor(now: number) {
    this.#now = now
  }

  now = (): number => this.#now
  monotonic = (): number => this.#monotonic

  after(ms: number, run: () => void): () => void {
    if (ms < REAL_MS) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    }
    const timer = { at: this.#monotonic + ms, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Time goes by. */
  pass(ms: number): void {
    this.#now += ms
    this.#monotonic += ms
    for (const timer of this.#timers) {
      if (timer.at > this.#monotonic) continue
      this.#timers.delete(timer)
      timer.run()
    }
  }

  /** Somebody sets the clock. */
  set(now: number): void {
    this.#now = now
  }
}
