import type { Worker } from 'node:worker_threads'
import { ThreadOnDemand } from './thread-on-demand.ts'
import type { WatchFunctions } from './watch-thread.ts'

/** Calls that were stored are taken in so much later, together: at rest nothing wakes the thread. */
const CATCH_UP_MS = 2_000

/** A watcher thread, which is told of the calls that it follows. */
export class Watcher {
  readonly #thread: ThreadOnDemand<WatchFunctions>
  #catchUpTimer: NodeJS.Timeout | undefined

  constructor(start: () => Worker, limits: { idleMs: number }) {
    this.#thread = new ThreadOnDemand(start, limits)
  }

  /** @throws ConsoleError as the thread's function does, and when it cannot be started. */
  call<Name extends 'measureRules' | 'previewRule'>(
    name: Name,
    input: Parameters<WatchFunctions[Name]>[0],
  ): Promise<ReturnType<WatchFunctions[Name]>> {
    return this.#thread.call(name, input as never) as Promise<ReturnType<WatchFunctions[Name]>>
  }

  /** Says that calls were stored; nothing to do if none are followed. */
  callsStored(): void {
    if (!this.#thread.isRunning || this.#catchUpTimer) return
    this.#catchUpTimer = setTimeout(() => {
      this.#catchUpTimer = undefined
      this.#thread.callIfRunning('catchUp', null).catch(() => undefined)
    }, CATCH_UP_MS)
    this.#catchUpTimer.unref()
  }

  /** What was counted has changed; nothing to do if it counts nothing. */
  forgetCalls(): Promise<void> {
    return this.#thread.callIfRunning('forgetCalls', null)
  }

  async close(): Promise<void> {
    clearTimeout(this.#catchUpTimer)
    this.#catchUpTimer = undefined
    await this.#thread.close()
  }
}
