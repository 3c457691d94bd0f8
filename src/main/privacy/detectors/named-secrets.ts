import type { DetectorId } from '#shared/contract/privacy.ts'
import {
  endOf,
  endWithin,
  hasDigit,
  isAlnum,
  isBase64,
  isHex,
  isToken68,
  isWord,
  isWordStart,
} from './characters.ts'
import type { Match } from './detector.ts'

/** The longest name that is looked at. */
const NAME_LENGTH = 48
/** Quotes, backslashes and spaces between a name, its sign and its value. */
const PADDING_LENGTH = 6

const isPadding = (text: string, at: number) => ' "\'\\'.includes(text.charAt(at)) && at < text.length
const isNamePart = (text: string, at: number) => isWord(text, at) || text.charAt(at) === '-'

/**
 * Secrets without a shape of their own, by the name that they are given: `AccountKey=…`, `"aws_secret_access_key": "…"`,
 * `api-key: …`. To be called at a colon or an equals sign.
 */
export function recogniseNamedSecret(text: string, at: number, from: number): Match | null {
  let nameEnd = at
  while (at - nameEnd < PADDING_LENGTH && nameEnd > 0 && isPadding(text, nameEnd - 1)) nameEnd -= 1
  // All names end so: most colons are passed over here.
  const last = text.charAt(nameEnd - 1)
  if (last !== 'y' && last !== 'Y') return null
  let nameStart = nameEnd
  while (nameEnd - nameStart < NAME_LENGTH && isNamePart(text, nameStart - 1)) nameStart -= 1
  const name = text.slice(nameStart, nameEnd).toLowerCase().replaceAll(/[-_]/g, '')
  const start = endWithin(text, at + 1, PADDING_LENGTH, isPadding)
  const end = endOf(text, start, isToken68)
  const by = start < from ? null : secretOf(name, text, start, end)
  return by && { start, end: endWithin(text, end, 2, isEquals), by }
}

function secretOf(name: string, text: string, start: number, end: number): DetectorId | null {
  const length = end - start
  if (name.endsWith('secretaccesskey') || name.endsWith('awssecretkey')) {
    return length === 40 && endOf(text, start, isBase64) === end ? 'aws-key' : null
  }
  if (name.endsWith('accountkey') || name.endsWith('sharedaccesskey'))
    return length >= 40 ? 'azure-key' : null
  const isKeyName = name.endsWith('apikey') || name.endsWith('subscriptionkey')
  if (!isKeyName || length < 32 || !hasDigit(text, start, end)) return null
  // Azure's are 32 hexadecimal digits, or 84 letters and digits.
  const isAzure = (length === 32 && endOf(text, start, isHex) === end) || length === 84
  return isAzure ? 'azure-key' : 'vendor-key'
}

const isEquals = (text: string, at: number) => text.charAt(at) === '='

/** Azure's newer keys hold this mark after 52 letters and digits. */
const AZURE_MARK = 'JQQJ9'
const AZURE_BEFORE_MARK = 52
const AZURE_LEAST_AFTER = 27

/** To be called at the mark's first Q. */
export function recogniseAzureKey(text: string, at: number, from: number): Match | null {
  const start = at - 1 - AZURE_BEFORE_MARK
  if (start < from || !text.startsWith(AZURE_MARK, at - 1) || !isWordStart(text, start)) return null
  if (endWithin(text, start, AZURE_BEFORE_MARK, isAlnum) !== at - 1) return null
  const end = endOf(text, at - 1, isAlnum)
  return end - at < AZURE_LEAST_AFTER
    ? null
    : { start, end: endWithin(text, end, 2, isEquals), by: 'azure-key' }
}
