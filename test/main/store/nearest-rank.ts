/** The percentile by its definition: the smallest value with at least that share of all values at or below it. */
export function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null
}
