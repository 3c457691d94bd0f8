/** A map with changes on top that can be kept or thrown away. */
export class DraftMap<V> {
  readonly #base: Map<string, V>
  readonly #changed = new Map<string, V | undefined>()

  constructor(base: Map<string, V>) {
    this.#base = base
  }

  get(key: string): V | undefined {
    return this.#changed.has(key) ? this.#changed.get(key) : this.#base.get(key)
  }

  set(key: string, value: V): void {
    this.#changed.set(key, value)
  }

  delete(key: string): void {
    if (this.#base.has(key)) this.#changed.set(key, undefined)
    else this.#changed.delete(key)
  }

  *values(): Generator<V> {
    for (const [key, value] of this.#base) if (!this.#changed.has(key)) yield value
    yield* this.put()
  }

  /** How many there would be. */
  get size(): number {
    let size = this.#base.size
    for (const [key, value] of this.#changed) {
      size += Number(value !== undefined) - Number(this.#base.has(key))
    }
    return size
  }

  /** What is new or changed. */
  put(): V[] {
    return [...this.#changed.values()].filter((value) => value !== undefined)
  }

  /** What was there and is not any more. */
  removed(): V[] {
    return [...this.#changed].flatMap(([key, value]) => {
      const before = value === undefined ? this.#base.get(key) : undefined
      return before === undefined ? [] : [before]
    })
  }

  commit(): void {
    for (const [key, value] of this.#changed) {
      if (value === undefined) this.#base.delete(key)
      else this.#base.set(key, value)
    }
    this.#changed.clear()
  }
}
