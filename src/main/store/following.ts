import type { CallFollower } from './call-follower.ts'
import { FOLLOW_AHEAD_MAX } from './call-follower.ts'

/** Calls that are followed with one transaction, and how long after a commit. */
const FOLLOW_CHUNK = 20_000
const FOLLOW_DELAY_MS = 1_000
/** As many can be looked at in the time of a sync. */
const CALLS_PER_SYNC = 1_000
/** With so many committed since the last look, ingest has more urgent use of the time. */
const BUSY_CALLS = 5_000

/** Decides when tables follow the calls: in the pauses between commits, and at once where ingest would outrun them. */
export class Following {
  readonly #follower: CallFollower
  #isStopped = false
  #timer: NodeJS.Timeout | undefined
  /** Calls that were committed and are not followed yet. */
  #ahead: number
  /** The same when calls were followed last. */
  #aheadBefore: number
  /** Whether calls may have been taken back that left gaps. */
  #mayHaveGaps = true

  constructor(follower: CallFollower) {
    this.#follower = follower
    this.#ahead = follower.ahead()
    this.#aheadBefore = this.#ahead
  }

  /** How many calls are to be followed, at most. */
  get ahead(): number {
    return this.#ahead
  }

  /** Says that calls were committed. Ingest must not outrun what follows for good. */
  committed(calls: number): void {
    this.#ahead += calls
    if (this.#ahead > FOLLOW_AHEAD_MAX && this.#ahead - this.#aheadBefore > FOLLOW_CHUNK) this.follow()
  }

  /** Says that calls were taken back. */
  leftGaps(): void {
    this.#mayHaveGaps = true
  }

  /** Counts what is to be followed again: something else has followed it, or has emptied the tables. */
  recount(): void {
    this.#ahead = this.#follower.ahead()
  }

  /** Follows the next calls. */
  follow(): void {
    try {
      const taken = this.#follower.catchUp(FOLLOW_CHUNK)
      this.#ahead = taken < FOLLOW_CHUNK ? 0 : this.#ahead - taken
      if (this.#ahead === 0) this.#refill()
    } catch {
      // A full disk, most likely: it goes on with the next calls that can be stored.
      this.#ahead = 0
      this.#mayHaveGaps = false
    }
    this.#aheadBefore = this.#ahead
  }

  /** Follows in the next pause, if there is anything to follow. */
  followLater(): void {
    if ((this.#ahead === 0 && !this.#mayHaveGaps) || this.#isStopped || this.#timer) return
    const isFarAhead = this.#ahead > FOLLOW_AHEAD_MAX
    this.#aheadBefore = this.#ahead
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        if (this.#isStopped) return
        const isBusy = this.#ahead - this.#aheadBefore > BUSY_CALLS
        if (!isBusy || isFarAhead) this.follow()
        this.followLater()
      },
      // Between two of them, calls that wait are stored.
      isFarAhead ? 0 : FOLLOW_DELAY_MS,
    )
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #refill(): void {
    for (let seen = 0; seen < FOLLOW_CHUNK;) {
      const calls = this.#follower.refill()
      this.#mayHaveGaps = calls !== null
      if (calls === null) return
      // Each has a sync of its own, however few its calls are.
      seen += calls + CALLS_PER_SYNC
    }
  }
}
