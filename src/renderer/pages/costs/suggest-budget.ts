/** Some room above what was spent, so that a month like the last one is within it. */
const ROOM = 1.2
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/**
 * A budget of a month to begin with: what the last 30 days cost and a fifth more, rounded up to what people would write.
 *
 * @param spentNanos 1e-9 of the base currency.
 * @returns units of the base currency; null if there is nothing to go by.
 */
export function suggestBudget(spentNanos: number): number | null {
  const wanted = (spentNanos / 1e9) * ROOM
  // Less than a cent is no budget.
  if (wanted < 0.01) return null
  const power = Math.floor(Math.log10(wanted))
  const digit = ROUND.find((round) => round * 10 ** power >= wanted - 1e-9) ?? 10
  // By way of text, so that 1.5 × 10^-1 is 0.15.
  return Number(`${digit}e${power}`)
}
