import type { Worker } from 'node:worker_threads'
import type { Input, Output } from './thread-link.ts'
import { ThreadClient } from './thread-link.ts'

/**
 * A thread that is started when it is first asked, again after it has failed, and ends when it was not asked for a while:
 * with it goes what it keeps in memory.
 */
export class ThreadOnDemand<Functions extends { close(input: null): void }> {
  readonly #start: () => Worker
  readonly #idleMs: number
  #worker: Worker | undefined
  #thread: ThreadClient<Functions> | undefined
  #idleTimer: NodeJS.Timeout | undefined

  constructor(start: () => Worker, { idleMs }: { idleMs: number }) {
    this.#start = start
    this.#idleMs = idleMs
  }

  get isRunning(): boolean {
    return this.#thread?.isAlive === true
  }

  /** @throws ConsoleError as the thread's function does, and when it cannot be started. */
  async call<Name extends keyof Functions & string>(
    name: Name,
    input: Input<Functions[Name]>,
  ): Promise<Output<Functions[Name]>> {
    if (this.#thread?.isAlive !== true) {
      this.#worker = this.#start()
      this.#thread = new ThreadClient<Functions>(this.#worker)
    }
    const thread = this.#thread
    await thread.ready
    try {
      return await thread.call(name, input)
    } finally {
      this.#waitForNext(thread)
    }
  }

  /** Does not start it, nor keep it. */
  async callIfRunning<Name extends keyof Functions & string>(
    name: Name,
    input: Input<Functions[Name]>,
  ): Promise<void> {
    if (this.#thread?.isAlive === true) await this.#thread.call(name, input)
  }

  async close(): Promise<void> {
    clearTimeout(this.#idleTimer)
    const thread = this.#thread
    this.#thread = undefined
    if (thread?.isAlive !== true) return
    // It only reads: what it is at need not be waited for.
    if (thread.pending > 0) await this.#worker?.terminate()
    else await thread.call('close', null as Input<Functions['close']>)
  }

  #waitForNext(thread: ThreadClient<Functions>): void {
    clearTimeout(this.#idleTimer)
    if (thread !== this.#thread) return
    this.#idleTimer = setTimeout(() => {
      if (thread.pending > 0) this.#waitForNext(thread)
      else void this.close().catch(() => undefined)
    }, this.#idleMs)
    this.#idleTimer.unref()
  }
}
