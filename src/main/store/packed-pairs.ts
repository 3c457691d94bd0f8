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

/** Reads what `packPairs` wrote. */
export function forEachPair(packed: Uint8Array, use: (first: number, second: number) => void): void {
  let first = 0
  let value = 0
  let scale = 1
  let isSecond = false
  for (const byte of packed) {
    value += (byte & 0x7f) * scale
    if (byte >= 0x80) {
      scale *= 0x80
      continue
    }
    if (isSecond) use(first, value)
    else first += value
    isSecond = !isSecond
    value = 0
    scale = 1
  }
  if (isSecond || scale !== 1) throw new RangeError('truncated pairs')
}
