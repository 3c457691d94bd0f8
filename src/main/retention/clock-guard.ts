import { LIMITS } from '#shared/limits.ts'
import type { RetentionClock } from './clock.ts'

/** Where time was seen last, as it is kept over restarts. */
export interface SeenTime {
  /** epoch ms */
  seenAt: number
  isDoubted: boolean
}

export interface ClockDoubt {
  /** epoch ms: what the time should be, at most. */
  expectedAt: number
  now: number
}

/**
 * Tells a clock that was set forward from time that went by: everything would be old at once, and go. What elapses is
 * measured by a clock that nobody sets; over a restart nothing is known but that time was seen, or a call arrived. Doubt
 * lasts until a user says that the date is right, or the clock is set back.
 */
export class ClockGuard {
  readonly #clock: Pick<RetentionClock, 'now' | 'monotonic'>
  #wall: number
  #monotonic: number
  #isDoubted: boolean

  /**
   * @param seen null: nothing was ever seen, and today is believed.
   * @param newestArrival when the newest call arrived, epoch ms.
   */
  constructor(
    clock: Pick<RetentionClock, 'now' | 'monotonic'>,
    seen: SeenTime | null,
    newestArrival: number | null,
  ) {
    this.#clock = clock
    this.#isDoubted = seen?.isDoubted ?? false
    // Calls that came while it was in doubt have the time that is doubted.
    const known = [seen?.seenAt, this.#isDoubted ? null : newestArrival].filter(
      (time) => typeof time === 'number',
    )
    this.#wall = known.length === 0 ? clock.now() : Math.max(...known)
    this.#monotonic = clock.monotonic()
  }

  /** Looks at the clock. @returns null: it is to be believed. */
  look(): ClockDoubt | null {
    const now = this.#clock.now()
    const monotonic = this.#clock.monotonic()
    const expectedAt = this.#wall + Math.max(0, monotonic - this.#monotonic)
    this.#isDoubted = now - expectedAt > LIMITS.clockJumpMs
    if (this.#isDoubted) return { expectedAt, now }
    // A clock that was set back makes nothing older: it is believed, too.
    this.#wall = now
    this.#monotonic = monotonic
    return null
  }

  /** The user says that the date is right. */
  confirm(): void {
    this.#wall = this.#clock.now()
    this.#monotonic = this.#clock.monotonic()
    this.#isDoubted = false
  }

  /** What is to be known after a restart. */
  seen(): SeenTime {
    return { seenAt: this.#wall, isDoubted: this.#isDoubted }
  }
}
