import { foldUnit, GRAM_BITS, gramOfOne, gramOfThree, gramOfTwo, isNarrow } from './grams.ts'
import { BITMAP_BYTES, bucketOf, entrySize, SEGMENT_BUCKETS, setBit, writeEntry } from './segment.ts'

/** The postings of a segment, as they are kept. */
export interface SegmentPostings {
  /** One bucket after the other. */
  bytes: Uint8Array
  /** Where each bucket ends. */
  ends: Uint32Array
  /** A bit for each call that has too many grams to tell it from others: it is looked at every time. */
  unselective: Uint8Array | null
}

/** Hundreds of pages of prose have fewer. */
const MOST_GRAMS_OF_CALL = 20_000
const GRAMS = 2 ** GRAM_BITS

/** Collects which calls of a segment have which grams. */
export class SegmentBuilder {
  readonly #mostGramsOfCall: number
  /** A bit for each gram that the call at hand has. */
  readonly #seen = new Uint32Array(GRAMS / 32)
  /** Grams of one call after the other. */
  #found = new Uint32Array(2 ** 20)
  #foundCount = 0
  readonly #calls: { place: number; end: number }[] = []
  readonly #unselective: number[] = []

  constructor(mostGramsOfCall: number = MOST_GRAMS_OF_CALL) {
    this.#mostGramsOfCall = mostGramsOfCall
  }

  /** Takes a call in. @param place of its id in the segment: greater than those before. */
  add(place: number, texts: readonly (string | null)[]): void {
    const start = this.#foundCount
    const most = start + this.#mostGramsOfCall
    this.#seen.fill(0)
    for (const text of texts) if (text !== null) this.#addText(text, most)
    if (this.#foundCount > most) {
      this.#foundCount = start
      this.#unselective.push(place)
    }
    this.#calls.push({ place, end: this.#foundCount })
  }

  postings(): SegmentPostings {
    const { ends: listEnds, places } = this.#placesByGram()
    const sizes = new Uint16Array(GRAMS)
    let total = 0
    let start = 0
    for (let gram = 0; gram < GRAMS; gram += 1) {
      const end = listEnds[gram] ?? 0
      if (end === start) continue
      const size = entrySize(places, start, end)
      sizes[gram] = size
      total += size
      start = end
    }
    const bytes = new Uint8Array(total)
    const ends = new Uint32Array(SEGMENT_BUCKETS)
    let at = 0
    start = 0
    for (let gram = 0; gram < GRAMS; gram += 1) {
      const end = listEnds[gram] ?? 0
      if (end > start) {
        const size = sizes[gram] ?? 0
        writeEntry(bytes, places, { at, size, gram, start, end })
        at += size
        start = end
      }
      ends[bucketOf(gram)] = at
    }
    return { bytes, ends, unselective: this.#unselectiveBits() }
  }

  #unselectiveBits(): Uint8Array | null {
    if (this.#unselective.length === 0) return null
    const bits = new Uint8Array(BITMAP_BYTES)
    for (const place of this.#unselective) setBit(bits, place)
    return bits
  }

  /** Which calls have each gram, one list after the other. */
  #placesByGram(): { ends: Uint32Array; places: Uint16Array } {
    const found = this.#found
    const ends = new Uint32Array(GRAMS)
    for (let index = 0; index < this.#foundCount; index += 1) {
      const gram = found[index] ?? 0
      ends[gram] = (ends[gram] ?? 0) + 1
    }
    let sum = 0
    for (let gram = 0; gram < GRAMS; gram += 1) {
      const count = ends[gram] ?? 0
      // Where its list begins, for now.
      ends[gram] = sum
      sum += count
    }
    const places = new Uint16Array(sum)
    let index = 0
    for (const { place, end } of this.#calls) {
      for (; index < end; index += 1) {
        const gram = found[index] ?? 0
        const at = ends[gram] ?? 0
        places[at] = place
        ends[gram] = at + 1
      }
    }
    return { ends, places }
  }

  #addText(text: string, most: number): void {
    let a = 0
    let b = 0
    for (let index = 0; index < text.length; index += 1) {
      const c = foldUnit(text.charCodeAt(index))
      this.#add(gramOfOne(c))
      if (index > 0) this.#add(gramOfTwo(b, c))
      if (index > 1 && isNarrow(a, b, c)) this.#add(gramOfThree(a, b, c))
      if (this.#foundCount > most) return
      a = b
      b = c
    }
  }

  #add(gram: number): void {
    const word = this.#seen[gram >>> 5] ?? 0
    const bit = 1 << (gram & 31)
    if ((word & bit) !== 0) return
    this.#seen[gram >>> 5] = word | bit
    if (this.#foundCount === this.#found.length) this.#growFound()
    this.#found[this.#foundCount] = gram
    this.#foundCount += 1
  }

  #growFound(): void {
    const longer = new Uint32Array(this.#found.length * 2)
    longer.set(this.#found)
    this.#found = longer
  }
}
