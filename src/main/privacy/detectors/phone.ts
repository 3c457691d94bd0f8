import { endWithin, isDigit, isWord, isWordStart } from './characters.ts'
import type { Match } from './detector.ts'

/** Longer than any number as it is written. */
const LONGEST = 24
const isPhonePart = (text: string, at: number) =>
  isDigit(text, at) || ' -.()'.includes(text.charAt(at) || '_')

/** With the code of China or without, in one piece or in the groups that it is read out in. */
const CHINESE_MOBILE = /^(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:\d{8}|([ -])\d{4}\1\d{4})(?!\d)/
/** `010-62345678`, `(0755) 8234 5678` */
const CHINESE_LANDLINE = /^(?:\(0\d{2,3}\) ?|0\d{2,3}-)[2-9]\d{2,3}[ -]?\d{4}(?!\d)/
/** `(415) 555-2671`, `415-555-2671`, `+1 415.555.2671` */
const NORTH_AMERICAN =
  /^(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([.-]))[2-9]\d{2}(?:\1|[ .-])\d{4}(?!\d)/
/** E.164, grouped as one likes: a plus and 8 to 15 digits. */
const INTERNATIONAL = /^\+[1-9](?:[ .-]?\(?\d\)?){7,14}(?!\d)/

const SHAPES = [CHINESE_MOBILE, CHINESE_LANDLINE, INTERNATIONAL, NORTH_AMERICAN]

/** A telephone number. To be called at its first digit, or at the plus or bracket before. */
export function recognisePhone(text: string, at: number, from: number): Match | null {
  const before = text.charAt(at - 1)
  // It began with the sign.
  const start = before === '+' || before === '(' ? at - 1 : at
  if (start < from || !isWordStart(text, start)) return null
  const outside = text.charAt(start - 1)
  if (outside !== '' && '.-+'.includes(outside) && isWord(text, start - 2)) return null
  if (outside === '+') return null
  const head = text.charAt(start) === '+' || text.charAt(start) === '(' ? 1 : 0
  const longest = endWithin(text, start + head, LONGEST, isPhonePart)
  for (const shape of SHAPES) {
    const end = endOf(shape, text, start, longest)
    if (end !== null) return { start, end, by: 'phone' }
  }
  return null
}

/** @returns the furthest place up to `longest` where a number of that shape ends and nothing goes on; null: there is none. */
function endOf(shape: RegExp, text: string, start: number, longest: number): number | null {
  let end = longest
  for (;;) {
    const number = shape.exec(text.slice(start, end))?.[0]
    if (number === undefined) return null
    end = start + number.length
    const goesOn = isWord(text, end) || ('.-'.includes(text.charAt(end) || ' ') && isDigit(text, end + 1))
    if (!goesOn) return end
    // What follows may be another number, which the shape took for a part of this one.
    end -= 1
  }
}
