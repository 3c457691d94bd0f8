/** Of a whole number, which is at most 2^53. */
const MAX_VARINT_BYTES = 8
/** What is packed is put together here and copied. */
let scratch = new Uint8Array(0)

/**
 * Packs pairs of whole numbers that ascend by the first: for each its distance from the first of the pair before, and
 * the second, both as LEB128 variable-length integers. Equal pairs give equal bytes.
 *
 * @param most how many pairs `fill` adds, at most.
 */
export function packPairs(
  most: number,
  fill: (add: (first: number, second: number) => void) => void,
): Uint8Array {
  if (scratch.length < 2 * MAX_VARINT_BYTES * most) scratch = new Uint8Array(4 * MAX_VARINT_BYTES * most)
  const bytes = scratch
  let length = 0
  const write = (value: number): void => {
    let rest = value
    while (rest >= 0x80) {
      bytes[length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    bytes[length++] = rest
  }
  let previous = 0
  fill((first, second) => {
    write(first - previous)
    write(second)
    previous = first
  })
  return bytes.slice(0, length)
}

/** Pairs that were unpacked: of longer lists, the first `length`. */
export interface Pairs {
  length: number
  firsts: Float64Array
  seconds: Float64Array
}

/** Charts unpack hundreds of thousands of pairs, a few hundred at a time: into the same lists. */
const reused = emptyPairs(4_096)

function emptyPairs(most: number): Pairs {
  return { length: 0, firsts: new Float64Array(most), seconds: new Float64Array(most) }
}

/** Where `readOn` has stopped. */
let readUpTo = 0

/** The rest of a number of more than one byte. */
function readOn(packed: Uint8Array, from: number, end: number, firstByte: number): number {
  let at = from
  let value = firstByte & 0x7f
  let byte = firstByte
  for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
    if (at >= end) throw new RangeError('truncated pairs')
    byte = packed[at++] ?? 0
    value += (byte & 0x7f) * scale
  }
  readUpTo = at
  return value
}

/**
 * Reads what `packPairs` wrote.
 *
 * @param start where it begins, and `end` where it ends: it may be a part of something longer.
 * @returns what holds until others are unpacked.
 * @throws RangeError if it ends within a pair.
 */
export function unpackPairs(packed: Uint8Array, start = 0, end = packed.length): Pairs {
  // A pair takes two bytes at least.
  const most = (end - start) >> 1
  const pairs = most > reused.firsts.length ? emptyPairs(most) : reused
  const { firsts, seconds } = pairs
  let length = 0
  let first = 0
  let at = start
  while (at < end) {
    // Most numbers are of one byte.
    const ofFirst = packed[at++] ?? 0
    if (ofFirst < 0x80) first += ofFirst
    else {
      first += readOn(packed, at, end, ofFirst)
      at = readUpTo
    }
    if (at >= end) throw new RangeError('truncated pairs')
    const ofSecond = packed[at++] ?? 0
    let second = ofSecond
    if (ofSecond >= 0x80) {
      second = readOn(packed, at, end, ofSecond)
      at = readUpTo
    }
    firsts[length] = first
    seconds[length] = second
    length += 1
  }
  pairs.length = length
  return pairs
}

/** Goes through what `packPairs` wrote. `use` unpacks no others. */
export function forEachPair(packed: Uint8Array, use: (first: number, second: number) => void): void {
  const { length, firsts, seconds } = unpackPairs(packed)
  for (let index = 0; index < length; index += 1) use(firsts[index] ?? 0, seconds[index] ?? 0)
}
