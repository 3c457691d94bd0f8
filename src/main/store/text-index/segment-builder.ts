import { foldUnit, GRAM_BITS, gramOfOne, gramOfThree, gramOfTwo, isNarrow } from './grams.ts'
import { BITMAP_BYTES, bucketOf, SEGMENT_BITS, SEGMENT_BUCKETS, setBit, writeEntry } from './segment.ts'

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
/** Segments are much alike: what one has needed is nearly enough for the next. */
const GROWTH = 1.25
/** Of one, two and three units. */
const GRAMS_OF_UNIT = 3
/** Pairs are sorted by half of a gram's number at a time: so many places to write to fit into the fastest memory. */
const DIGIT_BITS = GRAM_BITS / 2
const DIGITS = 2 ** DIGIT_BITS

/**
 * Collects which calls of a segment have which grams. One builder makes one segment after the other: to be given new memory
 * for each would cost as much as the work.
 */
export class SegmentBuilder {
  readonly #mostGramsOfCall: number
  /** A bit for each gram that the call at hand has. */
  readonly #seen = new Uint32Array(GRAMS / 32)
  /** Pairs of a gram and the place of a call that has it, each as one number, by the calls. */
  #pairs = new Uint32Array(2 ** 21)
  #spare = new Uint32Array(2 ** 21)
  #count = 0
  #unselective: number[] = []

  constructor(mostGramsOfCall: number = MOST_GRAMS_OF_CALL) {
    this.#mostGramsOfCall = mostGramsOfCall
  }

  /** Begins a segment. */
  begin(): void {
    this.#count = 0
    this.#unselective = []
  }

  /** Takes a call in. @param place of its id in the segment: greater than those before. */
  add(place: number, texts: readonly (string | null)[]): void {
    const start = this.#count
    const most = start + this.#mostGramsOfCall
    this.#seen.fill(0)
    for (const text of texts) if (text !== null) this.#addText(text, place, most)
    if (this.#count > most) {
      this.#count = start
      this.#unselective.push(place)
    }
  }

  postings(): SegmentPostings {
    const count = this.#count
    if (this.#spare.length < count) this.#spare = new Uint32Array(this.#pairs.length)
    sortByDigit(this.#pairs, this.#spare, { count, shift: SEGMENT_BITS })
    sortByDigit(this.#spare, this.#pairs, { count, shift: SEGMENT_BITS + DIGIT_BITS })
    const pairs = this.#pairs
    // Done with once the pairs are sorted, and an entry takes no more for each of its calls than a pair.
    const bytes = new Uint8Array(this.#spare.buffer)
    const ends = new Uint32Array(SEGMENT_BUCKETS)
    let at = 0
    for (let start = 0; start < count;) {
      const gram = (pairs[start] ?? 0) >>> SEGMENT_BITS
      let end = start + 1
      while (end < count && (pairs[end] ?? 0) >>> SEGMENT_BITS === gram) end += 1
      at = writeEntry(bytes, pairs, { at, gram, start, end })
      ends[bucketOf(gram)] = at
      start = end
    }
    // A bucket without grams ends where the one before does.
    for (let bucket = 1; bucket < SEGMENT_BUCKETS; bucket += 1) ends[bucket] ||= ends[bucket - 1] ?? 0
    return { bytes: bytes.slice(0, at), ends, unselective: this.#unselectiveBits() }
  }

  #unselectiveBits(): Uint8Array | null {
    if (this.#unselective.length === 0) return null
    const bits = new Uint8Array(BITMAP_BYTES)
    for (const place of this.#unselective) setBit(bits, place)
    return bits
  }

  #addText(text: string, place: number, most: number): void {
    const pairs = this.#roomFor(text.length * GRAMS_OF_UNIT)
    const seen = this.#seen
    let count = this.#count
    let a = 0
    let b = 0
    for (let index = 0; index < text.length && count <= most; index += 1) {
      const c = foldUnit(text.charCodeAt(index))
      const one = gramOfOne(c)
      pairs[count] = (one << SEGMENT_BITS) | place
      count += note(one, seen)
      if (index > 0) {
        const two = gramOfTwo(b, c)
        pairs[count] = (two << SEGMENT_BITS) | place
        count += note(two, seen)
      }
      if (index > 1 && isNarrow(a, b, c)) {
        const three = gramOfThree(a, b, c)
        pairs[count] = (three << SEGMENT_BITS) | place
        count += note(three, seen)
      }
      a = b
      b = c
    }
    this.#count = count
  }

  #roomFor(more: number): Uint32Array {
    const needed = this.#count + Math.min(more, this.#mostGramsOfCall + GRAMS_OF_UNIT)
    if (needed > this.#pairs.length) {
      const longer = new Uint32Array(Math.ceil(needed * GROWTH))
      longer.set(this.#pairs)
      this.#pairs = longer
    }
    return this.#pairs
  }
}

/**
 * Notes that the call at hand has a gram. Pairs are written in any case, and counted only if they are new: whether they are
 * cannot be foreseen, and a wrong guess of the processor takes longer than all else.
 *
 * @returns 1: it is new. 0: it was known.
 */
function note(gram: number, seen: Uint32Array): number {
  const word = seen[gram >>> 5] ?? 0
  seen[gram >>> 5] = word | (1 << (gram & 31))
  return 1 - ((word >>> (gram & 31)) & 1)
}

/** A pass of a radix sort, which keeps the order of those that have the same digit. */
function sortByDigit(
  from: Uint32Array,
  to: Uint32Array,
  { count, shift }: { count: number; shift: number },
): void {
  const next = new Uint32Array(DIGITS)
  for (let index = 0; index < count; index += 1) {
    const digit = ((from[index] ?? 0) >>> shift) & (DIGITS - 1)
    next[digit] = (next[digit] ?? 0) + 1
  }
  let sum = 0
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const size = next[digit] ?? 0
    next[digit] = sum
    sum += size
  }
  for (let index = 0; index < count; index += 1) {
    const pair = from[index] ?? 0
    const digit = (pair >>> shift) & (DIGITS - 1)
    const at = next[digit] ?? 0
    to[at] = pair
    next[digit] = at + 1
  }
}
