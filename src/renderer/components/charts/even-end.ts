/** As many steps as an axis of values has, about. */
export const SPLITS = 4
/** Steps that are read easily, as parts of a power of ten. */
const STEPS = [1, 2, 3, 5, 10] as const

/**
 * An end for an axis that holds a value and lies on one of its steps: at any other end the axis has a label of its own,
 * crooked and too near the next.
 *
 * @param value how far from zero it has to reach.
 * @param span from end to end, if it does not begin at zero.
 */
export function evenEnd(value: number, span = value): number {
  if (value <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(span / SPLITS))
  const step = (STEPS.find((digit) => digit * power >= span / SPLITS) ?? 10) * power
  return Math.ceil(value / step) * step
}
