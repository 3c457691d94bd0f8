import * as z from 'zod'

/** Where the checks stand; kept over restarts. */
export const enginePlaceSchema = z.object({
  /** The last slot that was checked, epoch ms; null: none yet. */
  lastSlot: z.number().nullable().default(null),
  /** The engine's own time, in ms: how long it has been checking. */
  engineMs: z.number().default(0),
  /** The engine's own time when it last began again after a break. */
  liveSince: z.number().default(0),
})
export type EnginePlace = z.output<typeof enginePlaceSchema>

/** What the clocks say. */
export interface Clocks {
  /** epoch ms; may be set forward and back. */
  wallMs: number
  /** Never goes back; may rest while the machine sleeps. */
  monotonicMs: number
}

/** What there is to do at a moment. */
export type SlotDecision =
  | {
      kind: 'wait'
      /** The clock went back: slots that were checked come again. */
      isHeld: boolean
    }
  | {
      kind: 'check'
      /** Where windows end, epoch ms. */
      slot: number
      /** Slots since the last check that never will be. */
      skipped: number
      /** Where the checks stand with this one. */
      place: EnginePlace
      /** Nobody has watched for a while, or the clock was set. */
      isAfterBreak: boolean
      isAfterLongBreak: boolean
    }

/** A shorter pause is a late timer or a slow check, not a break. */
const BREAK_MIN_MS = 30_000
const BREAK_MIN_SLOTS = 3
/** What was pending before a longer break is not any more. */
const LONG_BREAK_MS = 3_600_000
/** A clock that was put back is waited for so long. */
const HELD_SLOTS = 2

/**
 * Decides whether a slot is to be checked. Slots are multiples of the interval since the epoch; each is checked at most once,
 * late ones are skipped. The first check after a start comes after a break, however short it was. Both clocks are looked at, because nobody tells of sleep or of a clock that was set.
 *
 * @param sinceMonotonicMs when the last check, or else the engine, began.
 * @param hasChecked whether there was a check since the engine began.
 */
export function decideSlot(
  place: EnginePlace,
  clocks: Clocks,
  {
    intervalMs,
    sinceMonotonicMs,
    hasChecked,
  }: { intervalMs: number; sinceMonotonicMs: number; hasChecked: boolean },
): SlotDecision {
  const { lastSlot, engineMs, liveSince } = place
  const slot = Math.floor(clocks.wallMs / intervalMs) * intervalMs
  const elapsedMs = clocks.monotonicMs - sinceMonotonicMs
  const watchedMs = Math.max(intervalMs, Math.round(elapsedMs / intervalMs) * intervalMs)
  const check = (skipped: number, liveMs: number, breakMs: number) => {
    const isAfterBreak = breakMs > 0
    return {
      kind: 'check' as const,
      slot,
      skipped,
      place: {
        lastSlot: slot,
        engineMs: engineMs + liveMs,
        liveSince: isAfterBreak ? engineMs + liveMs : liveSince,
      },
      isAfterBreak,
      isAfterLongBreak: breakMs > LONG_BREAK_MS,
    }
  }
  if (lastSlot === null) return check(0, 0, 0)
  const distanceMs = slot - lastSlot
  if (distanceMs > 0) {
    const skipped = Math.ceil(distanceMs / intervalMs) - 1
    const isLate = distanceMs <= Math.max(BREAK_MIN_MS, BREAK_MIN_SLOTS * intervalMs)
    if (isLate && hasChecked) return check(skipped, Math.min(distanceMs, watchedMs), 0)
    return check(skipped, 0, distanceMs)
  }
  if (elapsedMs < HELD_SLOTS * intervalMs) return { kind: 'wait', isHeld: distanceMs < 0 }
  // It will not come back to where it was soon: go on from here. What windows hold is not known to be whole.
  return hasChecked ? { ...check(0, watchedMs, 0), isAfterBreak: true } : check(0, 0, 1)
}
