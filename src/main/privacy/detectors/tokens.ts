import { endOf, endWithin, hasDigit, isAlnum, isToken68, isUrlSafe, isWordStart } from './characters.ts'
import type { Match } from './detector.ts'

const PADDING_LENGTH = 6
const LEAST_TOKEN = 16
const LEAST_BASIC = 6
const SCHEMES = ['bearer', 'basic', 'token', 'apikey', 'digest', 'negotiate']
const LONGEST_SCHEME = 9

const isSpace = (text: string, at: number) => text.charAt(at) === ' '
const isPadding = (text: string, at: number) => ' "\'\\:='.includes(text.charAt(at)) && at < text.length
const isEquals = (text: string, at: number) => text.charAt(at) === '='

const BEARER = 'bearer'

/** The token after `Bearer `, in any case. To be called at its first E. */
export function recogniseBearer(text: string, at: number, from: number): Match | null {
  const word = at - 1
  if (!startsWithWord(text, word, BEARER) || !isWordStart(text, word)) return null
  const start = endWithin(text, word + BEARER.length, 3, isSpace)
  return start === word + BEARER.length ? null : tokenAt(text, start, from, LEAST_TOKEN)
}

const HEADER = 'authorization'
const HEADER_Z = HEADER.indexOf('z')

/** The credentials of an Authorization header, with or without a scheme. To be called at the z. */
export function recogniseAuthorization(text: string, at: number, from: number): Match | null {
  const start = at - HEADER_Z
  if (start < 0 || !startsWithWord(text, start, HEADER)) return null
  const valueStart = endWithin(text, start + HEADER.length, PADDING_LENGTH, isPadding)
  if (valueStart === start + HEADER.length) return null
  const word = endWithin(text, valueStart, LONGEST_SCHEME, isAlnum)
  const scheme = text.slice(valueStart, word).toLowerCase()
  if (!isSpace(text, word) || !SCHEMES.includes(scheme)) return tokenAt(text, valueStart, from, LEAST_TOKEN)
  const tokenStart = endWithin(text, word, 3, isSpace)
  return scheme === 'basic'
    ? credentialsAt(text, tokenStart, from, LEAST_BASIC)
    : tokenAt(text, tokenStart, from, LEAST_TOKEN)
}

/** A token has a digit: words have none. */
function tokenAt(text: string, start: number, from: number, least: number): Match | null {
  const match = credentialsAt(text, start, from, least)
  return match && hasDigit(text, match.start, match.end) ? match : null
}

function credentialsAt(text: string, start: number, from: number, least: number): Match | null {
  const end = endOf(text, start, isToken68)
  if (start < from || end - start < least) return null
  return { start, end: endWithin(text, end, 2, isEquals), by: 'bearer-token' }
}

function startsWithWord(text: string, at: number, word: string): boolean {
  return text.slice(at, at + word.length).toLowerCase() === word
}

/** Shorter than any header or payload of JSON in base64. */
const LEAST_PART = 8

/** A JSON Web Token, signed or encrypted (RFC 7519). To be called at the J of `eyJ`, which is `{"` in base64. */
export function recogniseJwt(text: string, at: number, from: number): Match | null {
  const start = at - 2
  // Within a longer run of its letters it is something else, and every run is gone through once.
  if (start < from || !text.startsWith('eyJ', start) || !isWordStart(text, start) || text[start - 1] === '-')
    return null
  let end = endOf(text, start, isUrlSafe)
  if (end - start < LEAST_PART || text[end] !== '.') return null
  // A signed token has three parts, the second of which is JSON, too; an encrypted one has five.
  const wanted = text.startsWith('eyJ', end + 1) ? 3 : 5
  let parts = 1
  for (; parts < wanted && text[end] === '.'; parts += 1) end = endOf(text, end + 1, isUrlSafe)
  return parts === wanted ? { start, end, by: 'jwt' } : null
}

const PEM_BEGIN = '-----BEGIN '
const PEM_END = '-----END '
const PEM_LABEL_LENGTH = 64

/**
 * A private key in PEM's armour, also one that was cut: what there is of it goes as far as the letters of base64 reach.
 * Line ends may be escaped, as they are within JSON. To be called at the B of BEGIN.
 */
export function recognisePrivateKey(text: string, at: number, from: number): Match | null {
  const start = at - PEM_BEGIN.indexOf('B')
  if (start < from || !text.startsWith(PEM_BEGIN, start)) return null
  const labelStart = start + PEM_BEGIN.length
  const label = text.slice(labelStart, labelStart + PEM_LABEL_LENGTH)
  const labelEnd = label.indexOf('-----')
  if (labelEnd < 0 || !label.slice(0, labelEnd).includes('PRIVATE KEY')) return null
  let end = labelStart + labelEnd + 5
  for (;;) {
    // The headers of an encrypted key are of these letters, too: `Proc-Type: 4,ENCRYPTED`.
    end = endOf(text, end, isArmoured)
    if (text.charAt(end) !== '\\' || !'nr'.includes(text.charAt(end + 1) || ' ')) break
    end += 2
  }
  if (text.startsWith(PEM_END, end)) {
    const closing = text.slice(end, end + PEM_END.length + PEM_LABEL_LENGTH).indexOf('-----', PEM_END.length)
    if (closing >= 0) end += closing + 5
  }
  return { start, end, by: 'private-key' }
}

function isArmoured(text: string, at: number): boolean {
  const char = text.charAt(at)
  if (char === '-') return text.charAt(at + 1) !== '-'
  return isAlnum(text, at) || (char !== '' && '+/=\r\n\t :,'.includes(char))
}
