/** Counts by reason. Reasons are a few fixed texts of ours, never something that was sent. */
export class Tally {
  // A map, because reasons become keys.
  readonly #counts = new Map<string, number>()

  add(reason: string, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count)
  }

  addAll(other: Tally): void {
    for (const [reason, count] of other.#counts) this.add(reason, count)
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The reason that was met first; empty if there is none. */
  get firstReason(): string {
    return this.#counts.keys().next().value ?? ''
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}
