import type { RetentionClock } from './clock.ts'

/** Calls that are deleted or restored with one transaction: ingest waits for no longer than that. */
export const CHUNK = 500
const PAUSE_MIN_MS = 2
const PAUSE_MAX_MS = 250

/**
 * Does a piece of work, then leaves ingest as much time as it took.
 *
 * @returns what the work gave.
 */
export async function yielding<T>(clock: RetentionClock, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  const took = performance.now() - startedAt
  await new Promise<void>((resolve) => {
    clock.after(Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, took)), resolve)
  })
  return result
}
