/** Time, as it is handed in: tests have their own. */
export interface Clock {
  /** epoch ms; may be set forward and back */
  now(): number
  /** ms; never goes back, and may rest while the machine sleeps */
  monotonic(): number
  /** @returns a function that takes it back. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
