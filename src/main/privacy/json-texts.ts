const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Changes the texts within JSON, keys and numbers included: a number that is changed becomes a text. All else stays as
 * it is written.
 *
 * @param json valid JSON.
 * @returns the same text if nothing was changed.
 */
export function mapJsonTexts(json: string, change: (text: string) => string): string {
  let result = ''
  let copiedTo = 0
  let at = 0
  while (at < json.length) {
    const isText = json.charCodeAt(at) === QUOTE
    if (!isText && !isNumberPart(json, at)) {
      at += 1
      continue
    }
    const end = isText ? endOfText(json, at) : endOfNumber(json, at)
    const written = json.slice(at, end)
    const text = isText ? readText(written) : written
    const changed = change(text)
    if (changed !== text) {
      result += json.slice(copiedTo, at) + JSON.stringify(changed)
      copiedTo = end
    }
    at = end
  }
  return copiedTo === 0 ? json : result + json.slice(copiedTo)
}

function readText(written: string): string {
  return written.includes('\\') ? String(JSON.parse(written)) : written.slice(1, -1)
}

function endOfText(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1
  return Math.min(at + 1, json.length)
}

function isNumberPart(json: string, at: number): boolean {
  const code = json.charCodeAt(at)
  return (code >= 0x30 && code <= 0x39) || code === 0x2d
}

const NUMBER_CHARACTERS = '0123456789+-.eE'

function endOfNumber(json: string, start: number): number {
  let end = start
  while (end < json.length && NUMBER_CHARACTERS.includes(json.charAt(end))) end += 1
  return end
}

/** The number around a place, if no text of the JSON holds it. Places are to be asked for in their order. */
export class BareNumbers {
  readonly #json: string
  #at = 0
  #isInText = false

  constructor(json: string) {
    this.#json = json
  }

  around(start: number, end: number): { start: number; end: number } | null {
    while (this.#at < start) {
      const code = this.#json.charCodeAt(this.#at)
      if (code === QUOTE) this.#isInText = !this.#isInText
      this.#at += code === BACKSLASH ? 2 : 1
    }
    if (this.#isInText) return null
    let first = start
    while (first > 0 && NUMBER_CHARACTERS.includes(this.#json.charAt(first - 1))) first -= 1
    return { start: first, end: endOfNumber(this.#json, end) }
  }
}

const ESCAPES = /\\(?:u([0-9a-f]{4})|.)/gis

/** JSON with nothing escaped that need not be, so that what stands in it can be found. */
export function withoutNeedlessEscapes(json: string): string {
  if (!json.includes('\\u') && !json.includes('\\/')) return json
  return json.replace(ESCAPES, (escape, digits: string | undefined) => {
    if (digits === undefined) return escape === '\\/' ? '/' : escape
    const code = Number.parseInt(digits, 16)
    const isNeeded = code < 0x20 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)
    return isNeeded ? escape : String.fromCharCode(code)
  })
}
