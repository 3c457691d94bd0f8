const KEYS_REMEMBERED = 100_000

/** Where names have their numbers, and how many calls have each. Its functions are called inside a transaction. */
export interface Names {
  /** @returns the number of a name that is new; undefined: it is not. */
  insert(name: string): number | undefined
  find(name: string): number | undefined
  /** Adds to the number of calls that have a name. */
  change(key: number, by: number): void
  /** Deletes a name that no call has. @returns whether that was so. */
  deleteUnused(key: number): boolean
  /** Called when what was counted is written. */
  settle?(): void
  /** The transaction was rolled back. */
  discard?(): void
}

/**
 * Gives names a number, which is shorter, and forgets a name that no call has any more. Used by the writer thread only.
 */
export class NameKeys {
  readonly #names: Names
  readonly #keys = new Map<string, number>()
  /** By key. */
  readonly #changes = new Map<number, number>()

  constructor(names: Names) {
    this.#names = names
  }

  /** @returns the number of a name, also of one that is new. */
  keyOf(name: string): number {
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    // Most of those that are not remembered are new.
    const key = this.#names.insert(name) ?? this.#names.find(name)
    if (key === undefined) throw new Error('a name that could not be inserted is missing')
    if (this.#keys.size >= KEYS_REMEMBERED) this.#keys.clear()
    this.#keys.set(name, key)
    return key
  }

  /** Notes how many calls came to have the name, less those that have it no more. */
  count(key: number, change: number): void {
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + change)
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    if (this.#changes.size === 0) return
    let hasForgotten = false
    for (const [key, change] of this.#changes) {
      if (change !== 0) this.#names.change(key, change)
      if (change < 0) hasForgotten = this.#names.deleteUnused(key) || hasForgotten
    }
    this.#changes.clear()
    if (hasForgotten) this.#keys.clear()
    this.#names.settle?.()
  }

  /** Forgets what was counted and what it knows of the table: the transaction was rolled back. */
  discard(): void {
    this.#changes.clear()
    this.#keys.clear()
    this.#names.discard?.()
  }
}
