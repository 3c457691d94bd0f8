import { endWithin, isAlnum, isDigit, isHex, isWord, isWordStart } from './characters.ts'
import type { DetectorId } from '#shared/contract/privacy.ts'
import { isIPv6 } from 'node:net'
import type { Match } from './detector.ts'

const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}/
const IPV4_LENGTH = 15
const VERSION_BEFORE = /(?:version|ver|release|build|firmware|版本|版)\s*[:=是为号]?\s*v?$/i
const LOOK_BACK = 16

const isDotted = (text: string, at: number) => isDigit(text, at) || text.charAt(at) === '.'

/** An IPv4 address; a version such as 1.2.3.4 is none. To be called at its first digit. */
export function recogniseIpv4(text: string, at: number): Match | null {
  const before = text.charAt(at - 1)
  if (before === '.' || before === '-' || !isWordStart(text, at)) return null
  const run = text.slice(at, endWithin(text, at, IPV4_LENGTH + 1, isDotted))
  const address = IPV4.exec(run)?.[0]
  if (address === undefined) return null
  const end = at + address.length
  // A number goes on, or a fifth part follows.
  if (isWord(text, end) || (text.charAt(end) === '.' && isAlnum(text, end + 1))) return null
  if (text.charAt(end) === '-' && isAlnum(text, end + 1) && !isDigit(text, end + 1)) return null
  // `Chrome/120.0.0.0`
  if (before === '/' && isAlnum(text, at - 2)) return null
  if (VERSION_BEFORE.test(text.slice(Math.max(0, at - LOOK_BACK), at))) return null
  return { start: at, end, by: scopeOf(address) }
}

/** Of this machine: 127.0.0.0/8, and "any address". */
function scopeOf(address: string): DetectorId {
  return address.startsWith('127.') || address === '0.0.0.0' || address === '::1' || address === '::'
    ? 'local-ip'
    : 'ip'
}

/** The longest, with an IPv4 address at its end. */
const IPV6_LENGTH = 45
const isIpv6Part = (text: string, at: number) => isHex(text, at) || ':.'.includes(text.charAt(at) || ' ')

/** An IPv6 address. To be called at its first colon. */
export function recogniseIpv6(text: string, at: number, from: number): Match | null {
  // Most colons have no other near them.
  if (text.charAt(at + 1) !== ':' && !isHex(text, at + 1)) return null
  let start = at
  while (at - start < 4 && isHex(text, start - 1)) start -= 1
  if (start < from || !isWordStart(text, start) || text.charAt(start - 1) === ':') return null
  let end = endWithin(text, start, IPV6_LENGTH + 1, isIpv6Part)
  while (end > start && ':.'.includes(text.charAt(end - 1)) && !text.startsWith('::', end - 2)) end -= 1
  const address = text.slice(start, end)
  if (isWord(text, end) || !isIPv6(address)) return null
  return isLikelyAddress(address) ? { start, end, by: scopeOf(address) } : null
}

/** `a::b` is an address, and a name in several languages; those have few colons, or no part of full length. */
function isLikelyAddress(address: string): boolean {
  if (address === '::1') return true
  const parts = address.split(':')
  return /\d/.test(address) && (parts.length > 4 || parts.some((part) => part.length === 4))
}
