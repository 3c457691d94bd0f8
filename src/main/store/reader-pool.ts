import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { Queries } from './queries/index.ts'
import type { ReaderFunctions } from './reader-thread.ts'
import { ThreadClient } from './thread-link.ts'

/** Whatever answers questions. */
type Reader = Pick<ThreadClient<Queries>, 'call' | 'pending'>

// More readers than cores do not answer sooner; one is always free while another computes a long statistic.
const READERS_MAX = Math.max(2, Math.min(4, availableParallelism() - 1))

/**
 * To start a reader takes longer than most answers: it is worth it when a question had to wait for as long. The first
 * questions of a start wait a little, and would wait longer for another thread that begins beside everything else.
 */
const WAIT_MS = 400
/** By then a first page has its answers. */
const BEGIN_DELAY_MS = 2_000

/**
 * Threads that answer questions side by side. The first starts a moment after the store, and until then the writer's
 * thread stands in for it: one thread less to wait for at a start. The others start when questions have to wait.
 */
export class ReaderPool {
  readonly #start: () => Worker
  readonly #readers: ThreadClient<ReaderFunctions>[] = []
  #standIn: { reader: Reader; leave: () => void } | undefined
  /** One that does not answer yet: until then the others are faster. */
  #starting: ThreadClient<ReaderFunctions> | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #beginning: NodeJS.Timeout
  #isClosing = false

  /**
   * @param start starts a reader's thread, which opens the database when it is asked something.
   * @param standIn.leave is called when it is no longer needed.
   */
  constructor(start: () => Worker, standIn: { reader: Reader; leave: () => void }) {
    this.#start = start
    this.#standIn = standIn
    this.#beginning = setTimeout(() => this.#startAnother(), BEGIN_DELAY_MS)
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
    clearTimeout(this.#beginning)
    const all = this.#starting ? [...this.#readers, this.#starting] : this.#readers
    await Promise.all(all.map((reader) => reader.call('close', null)))
  }

  #leastBusy(): Reader {
    const [first, ...others]: Reader[] = this.#readers
    const reader = first ?? this.#standIn?.reader
    if (!reader) throw new Error('a pool without readers has somebody who stands in')
    return others.reduce((best, other) => (other.pending < best.pending ? other : best), reader)
  }

  #startIfBusy(): void {
    this.#timer = undefined
    if (this.#leastBusy().pending > 0) this.#startAnother()
  }

  #startAnother(): void {
    if (this.#isClosing || this.#starting) return
    const reader = new ThreadClient<ReaderFunctions>(this.#start())
    this.#starting = reader
    reader.ready.then(
      () => {
        this.#readers.push(reader)
        this.#starting = undefined
        this.#standIn?.leave()
        this.#standIn = undefined
      },
      // The others answer all the same, and the next question that waits tries again.
      () => (this.#starting = undefined),
    )
  }
}
