import { ConsoleError } from '#shared/errors.ts'

/** One at a time: what deletes calls, what puts them back, and what changes archives. */
export class WorkLock {
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
    }
  }
}
