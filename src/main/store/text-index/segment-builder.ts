import { foldUnit, gramOfOne, gramOfThree, gramOfTwo, isNarrow } from './grams.ts'
import { BITMAP_BYTES, bucketOf, entrySize, SEGMENT_BUCKETS, setBits, writeEntry } from './segment.ts'

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
const NO_NUMBER = -1

/** Collects which calls of a segment have which grams. */
export class SegmentBuilder {
  readonly #mostGramsOfCall: number
  /** A hash table with open addressing: numbers of grams at the places that the grams give. */
  #table = new Int32Array(2 ** 17).fill(NO_NUMBER)
  /** By the number of a gram. */
  #grams = new Uint32Array(2 ** 16)
  /** The call that had a gram last, by its number: its place and 1. */
  #lastCall = new Uint16Array(2 ** 16)
  #gramCount = 0
  /** Numbers of the grams of one call after the other. */
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
    for (const text of texts) {
      if (text !== null) this.#addText(text, place + 1, start + this.#mostGramsOfCall)
    }
    if (this.#foundCount - start > this.#mostGramsOfCall) {
      this.#foundCount = start
      this.#unselective.push(place)
    }
    this.#calls.push({ place, end: this.#foundCount })
  }

  postings(): SegmentPostings {
    const { ends: listEnds, places } = this.#placesByGram()
    const placesOf = (number: number) => places.subarray(listEnds[number - 1] ?? 0, listEnds[number])
    const grams = this.#grams
    const numbers = Uint32Array.from({ length: this.#gramCount }, (_, number) => number)
      .sort((a, b) => (grams[a] ?? 0) - (grams[b] ?? 0))
      // Those of calls that were taken out again.
      .filter((number) => placesOf(number).length > 0)
    const bytes = new Uint8Array(numbers.reduce((sum, number) => sum + entrySize(placesOf(number)), 0))
    const ends = new Uint32Array(SEGMENT_BUCKETS)
    let end = 0
    let bucket = 0
    for (const number of numbers) {
      const gram = grams[number] ?? 0
      for (; bucket < bucketOf(gram); bucket += 1) ends[bucket] = end
      end = writeEntry(bytes, end, gram, placesOf(number))
    }
    ends.fill(end, bucket)
    return { bytes, ends, unselective: this.#unselectiveBits() }
  }

  #unselectiveBits(): Uint8Array | null {
    if (this.#unselective.length === 0) return null
    const bits = new Uint8Array(BITMAP_BYTES)
    setBits(bits, this.#unselective)
    return bits
  }

  /** Which calls have each gram, one list after the other. */
  #placesByGram(): { ends: Uint32Array; places: Uint16Array } {
    const found = this.#found.subarray(0, this.#foundCount)
    const ends = new Uint32Array(this.#gramCount)
    for (const number of found) ends[number] = (ends[number] ?? 0) + 1
    let sum = 0
    ends.forEach((count, number) => {
      // Where its list begins, for now.
      ends[number] = sum
      sum += count
    })
    const places = new Uint16Array(found.length)
    let index = 0
    for (const { place, end } of this.#calls) {
      for (; index < end; index += 1) {
        const number = found[index] ?? 0
        const at = ends[number] ?? 0
        places[at] = place
        ends[number] = at + 1
      }
    }
    return { ends, places }
  }

  #addText(text: string, call: number, most: number): void {
    let a = 0
    let b = 0
    for (let index = 0; index < text.length && this.#foundCount <= most; index += 1) {
      const c = foldUnit(text.charCodeAt(index))
      this.#addGram(gramOfOne(c), call)
      if (index > 0) this.#addGram(gramOfTwo(b, c), call)
      if (index > 1 && isNarrow(a, b, c)) this.#addGram(gramOfThree(a, b, c), call)
      a = b
      b = c
    }
  }

  #addGram(gram: number, call: number): void {
    const table = this.#table
    const mask = table.length - 1
    let slot = gram & mask
    let number = table[slot] ?? NO_NUMBER
    while (number !== NO_NUMBER && this.#grams[number] !== gram) {
      slot = (slot + 1) & mask
      number = table[slot] ?? NO_NUMBER
    }
    if (number === NO_NUMBER) {
      number = this.#gramCount
      if (number === this.#grams.length) this.#growGrams()
      this.#gramCount += 1
      this.#grams[number] = gram
      this.#table[freeSlot(this.#table, gram)] = number
    } else if (this.#lastCall[number] === call) return
    this.#lastCall[number] = call
    if (this.#foundCount === this.#found.length) this.#found = grown(this.#found, Uint32Array)
    this.#found[this.#foundCount] = number
    this.#foundCount += 1
  }

  #growGrams(): void {
    this.#grams = grown(this.#grams, Uint32Array)
    this.#lastCall = grown(this.#lastCall, Uint16Array)
    // It stays at most half full.
    this.#table = new Int32Array(this.#grams.length * 2).fill(NO_NUMBER)
    for (let number = 0; number < this.#gramCount; number += 1) {
      this.#table[freeSlot(this.#table, this.#grams[number] ?? 0)] = number
    }
  }
}

function freeSlot(table: Int32Array, gram: number): number {
  const mask = table.length - 1
  let slot = gram & mask
  while (table[slot] !== NO_NUMBER) slot = (slot + 1) & mask
  return slot
}

function grown<T extends Uint32Array | Uint16Array>(array: T, Type: new (length: number) => T): T {
  const longer = new Type(array.length * 2)
  longer.set(array)
  return longer
}
