import { endWithin, escapeLength, isAlnum } from './characters.ts'
import type { Match } from './detector.ts'

/** RFC 5321, section 4.5.3.1 */
const LOCAL_LENGTH = 64
const DOMAIN_LENGTH = 255

/** Letters beyond ASCII that words of Latin, Greek and Cyrillic are written with; not Chinese, which has no spaces. */
const FIRST_LETTER = 0xc0
const LAST_LETTER = 0x52f
/** Of those that RFC 5322 allows, what addresses have in truth. */
const isLocal = (text: string, at: number) => {
  const code = text.charCodeAt(at)
  return (
    isAlnum(text, at) ||
    "._%+-'".includes(text.charAt(at) || ' ') ||
    (code >= FIRST_LETTER && code <= LAST_LETTER)
  )
}
const isDomain = (text: string, at: number) => isAlnum(text, at) || '.-'.includes(text.charAt(at) || ' ')
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:xn--[a-z0-9-]{2,59}|[a-z]{2,24})/i
/** `icon@2x.png` */
const SCALED_IMAGE = /^\d(?:\.\d)?x\.(?:png|jpe?g|gif|webp|svg|avif)/i
/** Who says `git` at a host is no person. */
const PROGRAMS = new Set(['git'])

/** An e-mail address. To be called at its `@`. */
export function recogniseEmail(text: string, at: number, from: number): Match | null {
  if (!isLocal(text, at - 1) || !isAlnum(text, at + 1)) return null
  let start = at
  while (start > from && at - start < LOCAL_LENGTH && isLocal(text, start - 1)) start -= 1
  start += escapeLength(text, start)
  while (start < at && "._%+-'".includes(text.charAt(start))) start += 1
  const after = text.slice(at + 1, endWithin(text, at + 1, DOMAIN_LENGTH, isDomain))
  const domain = DOMAIN.exec(after)?.[0]
  if (start === at || domain === undefined || SCALED_IMAGE.test(after)) return null
  return PROGRAMS.has(text.slice(start, at)) ? null : { start, end: at + 1 + domain.length, by: 'email' }
}
