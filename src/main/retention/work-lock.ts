import { EventEmitter, once } from 'node:events'
import { ConsoleError } from '#shared/errors.ts'

/** One at a time: what deletes calls, what puts them back, and what changes archives. */
export class WorkLock {
  readonly #events = new EventEmitter<{ released: [] }>()
  #isHeld = false

  get isHeld(): boolean {
    return this.#isHeld
  }

  /** @returns what gives it back. @throws ConsoleError `archive-busy` */
  take(): () => void {
    if (this.#isHeld)
      throw new ConsoleError(
        'archive-busy',
        'Calls are being deleted, archived or restored right now. Try again when that is done.',
      )
    this.#isHeld = true
    return () => {
      this.#isHeld = false
      this.#events.emit('released')
    }
  }

  /** Waits for its turn, for what is to be done in any case. @returns as `take`; undefined: the signal aborted. */
  async takeLater(signal?: AbortSignal): Promise<(() => void) | undefined> {
    while (this.#isHeld && !signal?.aborted)
      await once(this.#events, 'released', signal && { signal }).catch(() => undefined)
    return signal?.aborted ? undefined : this.take()
  }
}
