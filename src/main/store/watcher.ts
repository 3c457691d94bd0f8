import type { Worker } from 'node:worker_threads'
import { ThreadClient } from './thread-link.ts'
import type { WatchFunctions } from './watch-thread.ts'

/** Calls that were stored are taken in so much later, together: at rest nothing wakes the thread. */
const CATCH_UP_MS = 2_000

/**
 * A watcher thread that is started when it is first asked, again after it has failed, and ends when it was not asked for
 * a while.
 */
export class Watcher {
  readonly #start: () => Worker
  readonly #idleMs: number
  #worker: Worker | undefined
  #thread: ThreadClient<WatchFunctions> | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #catchUpTimer: NodeJS.Timeout | undefined

  constructor(start: () => Worker, { idleMs }: { idleMs: number }) {
    this.#start = start
    this.#idleMs = idleMs
  }

  /** @throws ConsoleError as the thread's function does, and when it cannot be started. */
  async call<Name extends Exclude<keyof WatchFunctions, 'catchUp' | 'close'>>(
    name: Name,
    input: Parameters<WatchFunctions[Name]>[0],
  ): Promise<ReturnType<WatchFunctions[Name]>> {
    if (this.#thread?.isAlive !== true) {
      this.#worker = this.#start()
      this.#thread = new ThreadClient<WatchFunctions>(this.#worker)
    }
    const thread = this.#thread
    await thread.ready
    try {
      return (await thread.call(name, input as never)) as ReturnType<WatchFunctions[Name]>
    } finally {
      this.#waitForNext(thread)
    }
  }

  /** Says that calls were stored; nothing to do if none are followed. */
  callsStored(): void {
    if (this.#thread?.isAlive !== true || this.#catchUpTimer) return
    this.#catchUpTimer = setTimeout(() => {
      this.#catchUpTimer = undefined
      if (this.#thread?.isAlive === true) this.#thread.call('catchUp', null).catch(() => undefined)
    }, CATCH_UP_MS)
    this.#catchUpTimer.unref()
  }

  /** What was counted has changed; nothing to do if it counts nothing. */
  async forgetCalls(): Promise<void> {
    if (this.#thread?.isAlive === true) await this.#thread.call('forgetCalls', null)
  }

  async close(): Promise<void> {
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#catchUpTimer)
    this.#catchUpTimer = undefined
    const thread = this.#thread
    this.#thread = undefined
    if (thread?.isAlive !== true) return
    // It only reads: what it is at need not be waited for.
    if (thread.pending > 0) await this.#worker?.terminate()
    else await thread.call('close', null)
  }

  #waitForNext(thread: ThreadClient<WatchFunctions>): void {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      if (thread.pending > 0) this.#waitForNext(thread)
      else void this.close().catch(() => undefined)
    }, this.#idleMs)
    this.#idleTimer.unref()
  }
}
