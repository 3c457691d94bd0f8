import { GRAM_BITS } from './grams.ts'

/**
 * A segment is the calls whose `app_log.id` begins with the same bits. Its postings are kept in buckets by the first bits
 * of a gram's number; a bucket holds, for each of its grams in ascending order,
 *
 *   the rest of the gram's number, 1 byte
 *   the length of what follows, 1 byte; 0: a bit for each call of the segment
 *   which calls have the gram: distances from one to the next, in one byte below 128, else in two
 */
export const SEGMENT_BITS = 11
const BUCKET_BITS = 10
const PLACE_MASK = 2 ** SEGMENT_BITS - 1
const REST_BITS = GRAM_BITS - BUCKET_BITS
const REST_MASK = 2 ** REST_BITS - 1
const HEAD_BYTES = 2
/** Distances from this on take two bytes. */
const FAR = 0x80

/** Ids of one segment. What comes after the last whole segment is searched without an index: it must be quick to read. */
export const SEGMENT_CALLS = 2 ** SEGMENT_BITS
export const SEGMENT_BUCKETS = 2 ** BUCKET_BITS
/** A bit for each call of a segment. */
export const BITMAP_BYTES = SEGMENT_CALLS / 8

export function segmentOf(id: number): number {
  return Math.floor(id / SEGMENT_CALLS)
}

/** How many segments are whole, if this is the greatest id. */
export function wholeSegments(lastId: number): number {
  return segmentOf(lastId + 1)
}

/** `text_posting.id` of a segment's first bucket. */
export function firstBucketOf(segment: number): number {
  return segment * SEGMENT_BUCKETS
}

export function bucketOf(gram: number): number {
  return gram >>> REST_BITS
}

/** A gram's entry: where it begins, and which pairs of a gram and a place go into it. */
export interface Entry {
  at: number
  gram: number
  start: number
  end: number
}

/**
 * Writes down which calls have a gram.
 *
 * @param bytes with room for four bytes a call: an entry takes no more, with its head
 * @param pairs their last `SEGMENT_BITS` are the place; ascending
 * @returns where the entry ends
 */
export function writeEntry(bytes: Uint8Array, pairs: Uint32Array, { at, gram, start, end }: Entry): number {
  const first = at + HEAD_BYTES
  const last = first + BITMAP_BYTES
  bytes[at] = gram & REST_MASK
  let next = first
  let before = 0
  for (let index = start; index < end; index += 1) {
    const place = (pairs[index] ?? 0) & PLACE_MASK
    const distance = place - before
    before = place
    if (distance >= FAR) bytes[next++] = FAR | (distance >>> 7)
    bytes[next++] = distance & 0x7f
    if (next >= last) break
  }
  bytes[at + 1] = next - first
  if (next < last) return next
  bytes[at + 1] = 0
  const bits = bytes.subarray(first, last).fill(0)
  for (let index = start; index < end; index += 1) setBit(bits, (pairs[index] ?? 0) & PLACE_MASK)
  return last
}

/** Sets the bits of the calls that have a gram. @returns whether any has. */
export function readEntry(bucket: Uint8Array, gram: number, bitmap: Uint8Array): boolean {
  const wanted = gram & REST_MASK
  for (let start = 0; start < bucket.length;) {
    const rest = byteAt(bucket, start)
    const size = byteAt(bucket, start + 1)
    const first = start + HEAD_BYTES
    const end = first + (size || BITMAP_BYTES)
    if (rest > wanted) return false
    if (rest === wanted) {
      if (size === 0) bitmap.set(bucket.subarray(first, end))
      else readList(bucket.subarray(first, end), bitmap)
      return true
    }
    start = end
  }
  return false
}

/** The places whose bits are set, ascending. */
export function placesIn(bitmap: Uint8Array): number[] {
  const places: number[] = []
  bitmap.forEach((byte, index) => {
    for (let bits = byte; bits !== 0; bits &= bits - 1) {
      places.push(index * 8 + 31 - Math.clz32(bits & -bits))
    }
  })
  return places
}

export function setBit(bitmap: Uint8Array, place: number): void {
  bitmap[place >>> 3] = byteAt(bitmap, place >>> 3) | (1 << (place & 7))
}

function readList(list: Uint8Array, bitmap: Uint8Array): void {
  let place = 0
  for (let index = 0; index < list.length; index += 1) {
    const byte = byteAt(list, index)
    place += byte < FAR ? byte : ((byte & 0x7f) << 7) | byteAt(list, (index += 1))
    setBit(bitmap, place)
  }
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
