/** Hundredths of a percent in a whole. */
const STEPS = 10_000

/**
 * The shares of parts that stand beside each other: in hundredths of a percent, and one in sum. Each is rounded down, as
 * it is where it stands alone; what is missing then goes to the last parts, a hundredth to each, so that a share that
 * comes first is the same wherever it is read.
 *
 * @returns shares of one; null: there is nothing to have a share of.
 */
export function sharesOf(values: readonly number[]): (number | null)[] {
  const total = values.reduce((sum, value) => sum + value, 0)
  if (total === 0) return values.map(() => null)
  const steps = values.map((value) => Math.floor((value * STEPS) / total))
  let missing = STEPS - steps.reduce((sum, step) => sum + step, 0)
  const shares: number[] = []
  for (let index = values.length - 1; index >= 0; index -= 1) {
    const [value = 0, step = 0] = [values[index], steps[index]]
    const isRaised = missing > 0 && (value * STEPS) / total > step
    if (isRaised) missing -= 1
    shares.unshift((step + Number(isRaised)) / STEPS)
  }
  return shares
}
