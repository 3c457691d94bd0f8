import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { ReaderFunctions } from './reader-thread.ts'
import { ThreadClient } from './thread-link.ts'

type Reader = ThreadClient<ReaderFunctions>

// More readers than cores do not answer sooner; one is always free while another computes a long statistic.
const READERS_MAX = Math.max(2, Math.min(4, availableParallelism() - 1))

/**
 * To start a reader takes longer than most answers: it is worth it when a question had to wait for as long. The first
 * questions of a start wait a little, and would wait longer for a second thread that begins beside everything else.
 */
const WAIT_MS = 200

/** Threads that answer questions side by side. There is one at first; the others start when questions have to wait. */
export class ReaderPool {
  readonly #start: () => Worker
  readonly #readers: Reader[] = []
  /** One that does not answer yet: until then the others are faster. */
  #starting: Reader | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosing = false

  private constructor(start: () => Worker) {
    this.#start = start
  }

  /** @param start starts a reader's thread, which opens the database when it is asked something. */
  static async open(start: () => Worker): Promise<ReaderPool> {
    const pool = new ReaderPool(start)
    const first: Reader = new ThreadClient(start())
    await first.ready
    pool.#readers.push(first)
    return pool
  }

  /** The least busy reader. */
  get reader(): Reader {
    const best = this.#leastBusy()
    if (best.pending > 0 && this.#readers.length < READERS_MAX) {
      this.#timer ??= setTimeout(() => this.#startIfBusy(), WAIT_MS)
    }
    return best
  }

  /** Each ends with what it was asked. */
  async close(): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#timer)
    const all = this.#starting ? [...this.#readers, this.#starting] : this.#readers
    await Promise.all(all.map((reader) => reader.call('close', null)))
  }

  #leastBusy(): Reader {
    return this.#readers.reduce((best, reader) => (reader.pending < best.pending ? reader : best))
  }

  #startIfBusy(): void {
    this.#timer = undefined
    if (this.#isClosing || this.#starting || this.#leastBusy().pending === 0) return
    const reader: Reader = new ThreadClient(this.#start())
    this.#starting = reader
    reader.ready.then(
      () => {
        this.#readers.push(reader)
        this.#starting = undefined
      },
      // The others answer all the same, and the next question that waits tries again.
      () => (this.#starting = undefined),
    )
  }
}
