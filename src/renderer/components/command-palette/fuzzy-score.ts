const NONE = Number.NEGATIVE_INFINITY
/** A letter that begins a word is what people type of it; one that goes on from the letter before is nearly as good. */
const START = 8
const NEXT = 6
const INSIDE = 1
/** Letters that stand here and there in a long name are no match. */
const LEAST_PER_LETTER = 2.5
/** Of two names that fit, the shorter one fits better. */
const PER_LETTER_OF_NAME = 0.02

/**
 * How well what is typed fits a name: its letters in order, gaps allowed. Han characters each count as a word.
 *
 * @returns undefined if it does not; the greater, the better; 0 if nothing is typed.
 */
export function fuzzyScore(typed: string, name: string): number | undefined {
  const sought = [...typed.toLowerCase()].filter((letter) => letter.trim() !== '')
  if (sought.length === 0) return 0
  const original = [...name]
  const letters = original.map((letter) => letter.toLowerCase())
  const isStart = original.map((letter, index) => startsWord(original[index - 1], letter))

  /** By place in the name: the best score of what was gone through, its last letter there. */
  let best: number[] = []
  for (const [order, letter] of sought.entries()) {
    const scores = letters.map(() => NONE)
    /** The best at any earlier place that the next letter does not follow at once. */
    let earlier = NONE
    for (const [place, other] of letters.entries()) {
      earlier = Math.max(earlier, best[place - 2] ?? NONE)
      if (other !== letter) continue
      const own = isStart[place] ? START : INSIDE
      scores[place] = order === 0 ? own : Math.max((best[place - 1] ?? NONE) + NEXT, earlier + own)
    }
    best = scores
  }
  const score = Math.max(NONE, ...best)
  const isPart = letters.join('').includes(sought.join(''))
  const isMatch = isPart || score >= LEAST_PER_LETTER * sought.length
  return isMatch ? score - PER_LETTER_OF_NAME * letters.length : undefined
}

function startsWord(before: string | undefined, letter: string): boolean {
  if (before === undefined || /\p{Script=Han}/u.test(letter)) return true
  if (!/[\p{L}\p{N}]/u.test(letter)) return false
  return !/[\p{L}\p{N}]/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(letter))
}
