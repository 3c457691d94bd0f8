import type { AttributeValue, Attributes } from './span.ts'

/** Looks attributes up by several names, remembers which were used, and hands out what is left. */
export class AttributeReader {
  readonly #attributes: Attributes
  readonly #used = new Set<string>()

  constructor(attributes: Attributes) {
    this.#attributes = attributes
  }

  /** @returns the first that is present and not empty. */
  first(names: readonly string[]): AttributeValue | undefined {
    for (const name of names) {
      const value = this.#attributes.get(name)
      if (value === undefined || value === null || value === '') continue
      this.#used.add(name)
      return value
    }
    return undefined
  }

  /** @returns the first as text, cut to a length, or null. */
  text(names: readonly string[], maxLength: number): string | null {
    const value = this.first(names)
    if (value === undefined) return null
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.length > maxLength ? text.slice(0, maxLength) : text
  }

  /** @returns the first that is a finite number >= 0, whether sent as a number or as decimal text. */
  number(names: readonly string[]): number | null {
    const value = this.first(names)
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null
  }

  /** @returns the first that is a whole number in `[0, most]`. */
  count(names: readonly string[], most: number): number | null {
    const number = this.number(names)
    return number !== null && Number.isInteger(number) && number <= most ? number : null
  }

  /** @returns attributes whose names begin so, without the beginning. */
  withPrefix(prefix: string): Map<string, AttributeValue> {
    const found = new Map<string, AttributeValue>()
    for (const [name, value] of this.#attributes) {
      if (!name.startsWith(prefix)) continue
      this.#used.add(name)
      found.set(name.slice(prefix.length), value)
    }
    return found
  }

  /** @returns the attributes that nothing has read, up to a number of them. */
  unused(limit: number): [string, AttributeValue][] {
    return [...this.#attributes].filter(([name]) => !this.#used.has(name)).slice(0, limit)
  }
}
