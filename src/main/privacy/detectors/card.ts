import { isDigit, isWord, isWordStart } from './characters.ts'
import type { Match } from './detector.ts'

const LONGEST = 19
/** How the digits of cards are put into groups. */
const GROUPS = new Set(['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-4-3', '4-4-4-4-2', '6-13', '4-4-5'])

/** The number of a payment card: an issuer's beginning, its length, Luhn's check digit. To be called at its first digit. */
export function recogniseCard(text: string, at: number): Match | null {
  const before = text.charAt(at - 1)
  if (!isWordStart(text, at) || ('.-+'.includes(before) && before !== '' && isWord(text, at - 2))) return null
  let digits = ''
  let end = at
  const groups: number[] = []
  let inGroup = 0
  let separator = ''
  let found: Match | null = null
  const closeGroup = () => {
    const layout = [...groups, inGroup].join('-')
    const isWhole = groups.length === 0 || GROUPS.has(layout)
    if (isWhole && isCardNumber(digits)) found = { start: at, end, by: 'card' }
  }
  for (;;) {
    if (isDigit(text, end)) {
      if (digits.length === LONGEST) return found
      digits += text.charAt(end)
      inGroup += 1
      end += 1
      continue
    }
    const char = text.charAt(end)
    if (isWord(text, end) || (char === '.' && isDigit(text, end + 1))) return found
    closeGroup()
    const isSeparator = (char === ' ' || char === '-') && (separator === '' || char === separator)
    if (!isSeparator || !isDigit(text, end + 1) || groups.length === 4) return found
    separator = char
    groups.push(inGroup)
    inGroup = 0
    end += 1
  }
}

/** The beginnings and lengths that issuers of cards use (ISO/IEC 7812). */
const ISSUERS: readonly { beginning: RegExp; lengths: readonly number[] }[] = [
  { beginning: /^4/, lengths: [13, 16, 19] },
  { beginning: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { beginning: /^3[47]/, lengths: [15] },
  { beginning: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 16, 19] },
  { beginning: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] },
  { beginning: /^35(?:2[89]|[3-8])/, lengths: [16, 19] },
  // UnionPay
  { beginning: /^(?:62|81)/, lengths: [16, 17, 18, 19] },
  { beginning: /^220[0-4]/, lengths: [16, 17, 18, 19] },
]

/** @param digits only digits. */
export function isCardNumber(digits: string): boolean {
  const isIssued = ISSUERS.some(
    ({ beginning, lengths }) => lengths.includes(digits.length) && beginning.test(digits),
  )
  return isIssued && passesLuhn(digits)
}

/** ISO/IEC 7812-1, annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - index))
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
