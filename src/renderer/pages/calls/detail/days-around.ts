const DAY_MS = 86_400_000

/** The range of the day before and the day after a call, as a page's address has it. */
export function daysAround(startedAt: number): { from: string; to: string } {
  return { from: String(startedAt - DAY_MS), to: String(startedAt + DAY_MS) }
}
