/** What to do when the process of the pages has ended. */
export type CrashDecision = { kind: 'reload'; delayMs: number } | { kind: 'give-up' }

const WINDOW_MS = 60_000
/** So many within the window, and it is no accident any more. */
const MAX_CRASHES = 3
const FIRST_DELAY_MS = 250

/**
 * Counts crashes of the pages: each is answered by loading them again, later each time, until there were so many within
 * a minute that it would go on for ever.
 *
 * @param now ms, of a clock that never goes back.
 */
export function createCrashCount(now: () => number): { crashed(): CrashDecision } {
  let crashes: number[] = []
  return {
    crashed() {
      const at = now()
      crashes = [...crashes.filter((time) => at - time < WINDOW_MS), at]
      if (crashes.length >= MAX_CRASHES) return { kind: 'give-up' }
      return { kind: 'reload', delayMs: FIRST_DELAY_MS * 4 ** (crashes.length - 1) }
    },
  }
}
