import type { Pairs } from '../packed-pairs.ts'

/** A set of whole numbers below 2^32 that lie close together: a bit each. */
export class KeySet {
  #words = new Uint32Array(0)

  /** Counts them. */
  get size(): number {
    let size = 0
    for (const word of this.#words) size += bitsOf(word)
    return size
  }

  add(key: number): void {
    const index = key >>> 5
    this.#makeRoomFor(index)
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (key & 31))
  }

  /** Adds the first numbers of pairs, which ascend. */
  addFirsts({ firsts, length }: Pairs): void {
    if (length === 0) return
    this.#makeRoomFor((firsts[length - 1] ?? 0) >>> 5)
    const words = this.#words
    for (let at = 0; at < length; at += 1) {
      const key = firsts[at] ?? 0
      words[key >>> 5] = (words[key >>> 5] ?? 0) | (1 << (key & 31))
    }
  }

  #makeRoomFor(index: number): void {
    if (index < this.#words.length) return
    const words = new Uint32Array(2 * index + 16)
    words.set(this.#words)
    this.#words = words
  }
}

/** Adds up neighbouring bits, then pairs of them, and so on. (Warren, "Hacker's Delight", 2nd edition, section 5-1.) */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
