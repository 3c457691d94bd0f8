import { LIMITS } from './limits.ts'

/**
 * What was removed last, for whoever takes that back: nobody has to be asked "are you sure" then. In memory only, so that
 * what is removed is gone from the disk; the oldest make room.
 */
export class RecentlyRemoved<T extends { id: string }> {
  readonly #removed = new Map<string, T>()

  add(thing: T): void {
    this.#removed.set(thing.id, thing)
    const [oldest] = this.#removed.keys()
    if (oldest !== undefined && this.#removed.size > LIMITS.undoableRemovals) this.#removed.delete(oldest)
  }

  get(id: string): T | undefined {
    return this.#removed.get(id)
  }

  delete(id: string): void {
    this.#removed.delete(id)
  }

  /** Gives up what must not come back. */
  forget(isMeant: (thing: T) => boolean): void {
    for (const thing of [...this.#removed.values()]) if (isMeant(thing)) this.#removed.delete(thing.id)
  }
}
