const CLASSES = new Uint8Array(128)
const DIGIT = 1
const LOWER = 2
const UPPER = 4
const HEX = 8
const UNDERSCORE = 16
const DASH = 32
const TOKEN68 = 64
const BASE64 = 128

for (let code = 0; code < 128; code += 1) {
  const char = String.fromCharCode(code)
  let flags = 0
  if (/[0-9]/.test(char)) flags |= DIGIT
  if (/[a-z]/.test(char)) flags |= LOWER
  if (/[A-Z]/.test(char)) flags |= UPPER
  if (/[0-9a-fA-F]/.test(char)) flags |= HEX
  if (char === '_') flags |= UNDERSCORE
  if (char === '-') flags |= DASH
  // RFC 9110, section 11.2
  if (/[A-Za-z0-9._~+/-]/.test(char)) flags |= TOKEN68
  if (/[A-Za-z0-9+/]/.test(char)) flags |= BASE64
  CLASSES[code] = flags
}

const ALNUM = DIGIT | LOWER | UPPER

function hasClass(text: string, at: number, flags: number): boolean {
  const code = text.charCodeAt(at)
  // Outside of the text it is NaN, which is no less.
  return code < 128 && ((CLASSES[code] ?? 0) & flags) !== 0
}

export const isDigit = (text: string, at: number) => hasClass(text, at, DIGIT)
export const isHex = (text: string, at: number) => hasClass(text, at, HEX)
export const isAlnum = (text: string, at: number) => hasClass(text, at, ALNUM)
/** `[A-Za-z0-9_]` */
export const isWord = (text: string, at: number) => hasClass(text, at, ALNUM | UNDERSCORE)
/** Of base64url: `[A-Za-z0-9_-]` */
export const isUrlSafe = (text: string, at: number) => hasClass(text, at, ALNUM | UNDERSCORE | DASH)
export const isToken68 = (text: string, at: number) => hasClass(text, at, TOKEN68)
export const isBase64 = (text: string, at: number) => hasClass(text, at, BASE64)

type CharacterTest = (text: string, at: number) => boolean

/** @returns where the characters that pass the test end. */
export function endOf(text: string, start: number, test: CharacterTest): number {
  let end = start
  while (test(text, end)) end += 1
  return end
}

/** The same, no further than `most` characters on. */
export function endWithin(text: string, start: number, most: number, test: CharacterTest): number {
  let end = start
  while (end - start < most && test(text, end)) end += 1
  return end
}

/** Whether one of the characters from `start` up to `end` is a digit. */
export function hasDigit(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isDigit(text, at)) return true
  return false
}

/**
 * How many characters at `at` belong to an escape of JSON whose backslash stands before: in texts within JSON a word may
 * follow `\n` without a space.
 */
export function escapeLength(text: string, at: number): number {
  if (text.charAt(at - 1) !== '\\') return 0
  const char = text.charAt(at)
  if (char === 'u') return endWithin(text, at + 1, 4, isHex) - at
  return char !== '' && 'nrtbf'.includes(char) ? 1 : 0
}

/** Whether no word reaches into what begins at `at`; the letter of an escape is no word. */
export function isWordStart(text: string, at: number): boolean {
  if (!isWord(text, at - 1)) return true
  // `\n`, or the last digit of `\u4f60`.
  return escapeLength(text, at - 1) === 1 || escapeLength(text, at - 5) === 5
}
