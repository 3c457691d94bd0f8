import { endWithin, isDigit, isWord, isWordStart } from './characters.ts'
import type { Match } from './detector.ts'

const DIGITS = 17
/** GB 11643-1999: ISO 7064 MOD 11-2. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_CHARACTERS = '10X98765432'
/** GB/T 2260: provinces and the like, by the first two digits; 81 to 83 are residence permits of Hong Kong, Macao, Taiwan. */
const PROVINCES = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[1])/

/** The number of a Chinese identity card: 18 characters, with province, day of birth and a check character. */
export function recogniseResidentId(text: string, at: number): Match | null {
  if (!isWordStart(text, at) || text.charAt(at - 1) === '.') return null
  if (endWithin(text, at, DIGITS, isDigit) - at < DIGITS) return null
  const end = at + DIGITS + 1
  if (isWord(text, end) || (text.charAt(end) === '.' && isDigit(text, end + 1))) return null
  return isResidentId(text.slice(at, end)) ? { start: at, end, by: 'resident-id' } : null
}

/** @param id 17 digits and a check character. */
export function isResidentId(id: string): boolean {
  if (
    !PROVINCES.test(id) ||
    !isDay(Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14)))
  )
    return false
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(id.charAt(index)), 0)
  return CHECK_CHARACTERS.charAt(sum % 11) === id.charAt(DIGITS).toUpperCase()
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2100) return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
