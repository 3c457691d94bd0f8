/** A set of whole numbers that lie close together: a bit each. */
export class KeySet {
  #bits = new Uint8Array(0)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(key: number): void {
    const index = Math.floor(key / 8)
    if (index >= this.#bits.length) this.#makeRoomFor(index)
    const bits = this.#bits[index] ?? 0
    const bit = 1 << (key % 8)
    if ((bits & bit) !== 0) return
    this.#bits[index] = bits | bit
    this.#size += 1
  }

  #makeRoomFor(index: number): void {
    const bits = new Uint8Array(2 * index + 64)
    bits.set(this.#bits)
    this.#bits = bits
  }
}
