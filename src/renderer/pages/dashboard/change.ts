/** How a figure stands to what it was. `amount` is what it rose or fell by, and greater than 0. */
export type Change = { direction: 'up' | 'down'; amount: number } | { direction: 'same' | 'new' }

/** Less is not shown: it would read as 0. */
const LEAST = 0.0005

/**
 * @returns the change as a share of what it was; `new` when it was nothing; null when one of both is not known.
 */
export function relativeChange(now: number | null, before: number | null): Change | null {
  if (now === null || before === null) return null
  if (before === 0) return now === 0 ? { direction: 'same' } : { direction: 'new' }
  return changeOf((now - before) / before)
}

/** @returns the change of a share in parts of one, which are percentage points; null when one of both is not known. */
export function shareChange(now: number | null, before: number | null): Change | null {
  return now === null || before === null ? null : changeOf(now - before)
}

function changeOf(difference: number): Change {
  const amount = Math.abs(difference)
  if (amount < LEAST) return { direction: 'same' }
  return { direction: difference > 0 ? 'up' : 'down', amount }
}
