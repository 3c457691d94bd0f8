/** Time, as it is handed in: tests have their own. */
export interface RetentionClock {
  /** epoch ms; may be set forward and back */
  now(): number
  /** ms; never goes back, and goes on while the machine sleeps where the system tells */
  monotonic(): number
  /** @returns a function that takes it back. */
  after(ms: number, run: () => void): () => void
}
