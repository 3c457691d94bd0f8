/**
 * A segment is the calls whose `app_log.id` begins with the same bits. Its postings are kept in buckets by the first bits
 * of a gram's number; a bucket holds, for each of its grams in ascending order,
 *
 *   the rest of the gram's number, 3 bytes, big-endian
 *   the length of what follows, 1 byte; 0: a bit for each call of the segment
 *   which calls have the gram: distances from one to the next, in one byte below 128, else in two
 */
const SEGMENT_BITS = 11
const BUCKET_BITS = 10
const REST_BITS = 32 - BUCKET_BITS
const REST_MASK = 2 ** REST_BITS - 1
const HEAD_BYTES = 4
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

/** The places in the segment that have a gram, ascending, as an entry of its bucket. */
export function entrySize(places: Uint16Array): number {
  return HEAD_BYTES + (listSize(places) ?? BITMAP_BYTES)
}

/** @returns where it ends. */
export function writeEntry(bucket: Uint8Array, start: number, gram: number, places: Uint16Array): number {
  const rest = gram & REST_MASK
  bucket[start] = rest >>> 16
  bucket[start + 1] = rest >>> 8
  bucket[start + 2] = rest
  const size = listSize(places)
  bucket[start + 3] = size ?? 0
  let end = start + HEAD_BYTES
  if (size === null) {
    setBits(bucket.subarray(end, end + BITMAP_BYTES), places)
    return end + BITMAP_BYTES
  }
  let before = 0
  for (const place of places) {
    const distance = place - before
    before = place
    if (distance >= FAR) bucket[end++] = FAR | (distance >>> 7)
    bucket[end++] = distance & 0x7f
  }
  return end
}

/** Sets the bits of the calls that have a gram. @returns whether any has. */
export function readEntry(bucket: Uint8Array, gram: number, bitmap: Uint8Array): boolean {
  const wanted = gram & REST_MASK
  for (let start = 0; start < bucket.length;) {
    const rest = (byteAt(bucket, start) << 16) | (byteAt(bucket, start + 1) << 8) | byteAt(bucket, start + 2)
    const size = byteAt(bucket, start + 3)
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

export function setBits(bitmap: Uint8Array, places: Iterable<number>): void {
  for (const place of places) bitmap[place >>> 3] = byteAt(bitmap, place >>> 3) | (1 << (place & 7))
}

function readList(list: Uint8Array, bitmap: Uint8Array): void {
  let place = 0
  for (let index = 0; index < list.length; index += 1) {
    const byte = byteAt(list, index)
    place += byte < FAR ? byte : ((byte & 0x7f) << 7) | byteAt(list, (index += 1))
    bitmap[place >>> 3] = byteAt(bitmap, place >>> 3) | (1 << (place & 7))
  }
}

/** @returns null: bits are shorter. */
function listSize(places: Uint16Array): number | null {
  if (places.length >= BITMAP_BYTES) return null
  let size = 0
  let before = 0
  for (const place of places) {
    size += place - before < FAR ? 1 : 2
    before = place
  }
  return size < BITMAP_BYTES ? size : null
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
