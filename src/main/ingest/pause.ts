import { EventPublisher } from '@orpc/server'
import type { PauseState } from '#shared/contract/pause.ts'

/**
 * Whether calls are taken, by the user's will. It is not kept: a console that starts collects, because nobody looks for
 * a pause of last week when a chart is empty.
 */
export interface CollectorPause {
  /** Asked for each request. */
  isPaused(): boolean
  state(): PauseState
  pause(): PauseState
  resume(): PauseState
  /** The state now and whenever it changes, until the signal aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<PauseState>
}

/** @param now epoch ms */
export function createPause(now: () => number = Date.now): CollectorPause {
  const publisher = new EventPublisher<{ change: PauseState }>()
  let state: PauseState = { pausedSince: null }
  const become = (pausedSince: number | null): PauseState => {
    state = { pausedSince }
    publisher.publish('change', state)
    return state
  }
  return {
    isPaused: () => state.pausedSince !== null,
    state: () => state,
    pause: () => (state.pausedSince === null ? become(now()) : state),
    resume: () => (state.pausedSince === null ? state : become(null)),
    async *follow(signal) {
      const changes = publisher.subscribe('change', { signal, maxBufferedEvents: 1 })
      yield state
      yield* changes
    },
  }
}
