/** Has changes made one after the other: none is decided on by what another is about to change. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does some work when all that was asked for before is done, or has failed. @returns what it returns. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
