/**
 * What texts are indexed by: short runs of UTF-16 code units, each as a number of a few bits. A part of a text has no
 * grams that the text lacks, so a call without one of them needs no look. Numbers of different grams may be the same,
 * which costs a look in vain.
 *
 * Scripts that write no spaces go by one and two units, since words of two characters are to be found inside sentences;
 * all others by three, too, of which there are enough to tell words apart.
 */

/** Chinese, Japanese and Korean begin here, and the halves of what lies beyond the basic plane. */
const FIRST_WIDE = 0x2e80

/** So many that few are shared by grams that are common, and so few that a bit for each fits into the fastest memory. */
export const GRAM_BITS = 18

/** More of them hardly narrow down what a text is in. */
const MOST_OF_QUERY = 16

/** Letters of ASCII count as small ones: case is told apart by the text itself. */
export function foldUnit(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
}

export function gramOfOne(a: number): number {
  return spread(Math.imul(a, 0x85ebca6b))
}

export function gramOfTwo(a: number, b: number): number {
  return spread(Math.imul(a, 0xc2b2ae35) + Math.imul(b, 0x27d4eb2f) + 1)
}

export function gramOfThree(a: number, b: number, c: number): number {
  return spread(Math.imul(a, 0x165667b1) + Math.imul(b, 0x61c88647) + Math.imul(c, 0x9e3779b1) + 2)
}

/** Whether three units in a row are a gram. */
export function isNarrow(a: number, b: number, c: number): boolean {
  return a < FIRST_WIDE && b < FIRST_WIDE && c < FIRST_WIDE
}

/** Grams that any text has which holds this one; of long texts some of them. */
export function gramsOfQuery(text: string): number[] {
  const units = Array.from({ length: text.length }, (_, index) => foldUnit(text.charCodeAt(index)))
  const grams = new Set<number>()
  const isThree = (index: number) => {
    const [a, b, c] = units.slice(index, index + 3)
    return a !== undefined && b !== undefined && c !== undefined && isNarrow(a, b, c)
  }
  units.forEach((a, index) => {
    const [b, c] = units.slice(index + 1, index + 3)
    if (b === undefined) {
      if (units.length === 1) grams.add(gramOfOne(a))
    } else if (c !== undefined && isThree(index)) {
      grams.add(gramOfThree(a, b, c))
    } else if (index === 0 || !isThree(index - 1)) {
      grams.add(gramOfTwo(a, b))
    }
  })
  const all = [...grams]
  const step = all.length / MOST_OF_QUERY
  return step <= 1
    ? all
    : all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

/** Multiplies by the golden ratio, after Knuth: its first bits depend on all others. */
function spread(value: number): number {
  return Math.imul(value ^ (value >>> 15), 0x9e3779b1) >>> (32 - GRAM_BITS)
}
