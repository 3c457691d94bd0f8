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

/**
 * Reads what `packPairs` wrote.
 *
 * @returns what holds until others are unpacked.
 * @throws RangeError if it ends within a pair.
 */
export function unpackPairs(packed: Uint8Array): Pairs {
  // A pair takes two bytes at least.
  const most = packed.length >> 1
  const pairs = most > reused.firsts.length ? emptyPairs(most) : reused
  const { firsts, seconds } = pairs
  let length = 0
  let first = 0
  let at = 0
  const read = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = packed[at++]
      if (byte === undefined) throw new RangeError('truncated pairs')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  while (at < packed.length) {
    first += read()
    firsts[length] = first
    seconds[length] = read()
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
