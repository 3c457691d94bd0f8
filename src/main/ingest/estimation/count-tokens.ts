/** Counts the tokens of a text. May take time that grows with the square of a run without a break. */
export type CountPiece = (text: string) => number

/** Long enough to hold any word, short enough that its square is no burden. */
const PIECE_LENGTH = 256
/** Of longer texts so many parts of the same length are counted, evenly spread, the first and the last among them. */
const SAMPLES = 64

/**
 * Counts the tokens of texts one by one: exactly, unless all together are longer than `maxLength`. Then so much of them is
 * counted and the rest taken to be alike. The same texts always give the same number.
 */
export function countTokens(texts: readonly string[], countPiece: CountPiece, maxLength: number): number {
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length <= maxLength) return texts.reduce((sum, text) => sum + countText(text, countPiece), 0)
  const sampleLength = Math.floor(maxLength / SAMPLES)
  const counted = sampleStarts(length, sampleLength).map((start) => ({ start, end: start + sampleLength }))
  let tokens = 0
  let textStart = 0
  for (const text of texts) {
    const textEnd = textStart + text.length
    for (const { start, end } of counted) {
      if (end <= textStart || start >= textEnd) continue
      tokens += countText(text.slice(Math.max(0, start - textStart), end - textStart), countPiece)
    }
    textStart = textEnd
  }
  return Math.round((tokens * length) / (sampleLength * SAMPLES))
}

function sampleStarts(length: number, sampleLength: number): number[] {
  const step = (length - sampleLength) / (SAMPLES - 1)
  return Array.from({ length: SAMPLES }, (_, index) => Math.floor(index * step))
}

/**
 * Counts piece by piece, because byte-pair encoders take the square of a run's length and a megabyte of one letter would
 * take hours. Pieces end where tokens do, so that the sum is exact; only a run without any such place is cut through.
 */
function countText(text: string, countPiece: CountPiece): number {
  let tokens = 0
  for (let start = 0; start < text.length;) {
    const end = pieceEnd(text, start)
    tokens += countPiece(text.slice(start, end))
    start = end
  }
  return tokens
}

function pieceEnd(text: string, start: number): number {
  const end = start + PIECE_LENGTH
  if (end >= text.length) return text.length
  for (let at = end; at > start; at -= 1) if (isBreak(text, at)) return at
  return isInsidePair(text, end) ? end - 1 : end
}

/**
 * Behind a letter or digit, before anything that is neither: there a token ends in every encoding. Not before an
 * apostrophe, nor before halves of surrogate pairs and marks, which may belong to the letter.
 */
function isBreak(text: string, at: number): boolean {
  return LETTER_OR_DIGIT.test(text.charAt(at - 1)) && BREAK.test(text.charAt(at))
}

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u
const BREAK = /[^\p{L}\p{N}\p{M}\p{Cs}']/u

function isInsidePair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff
}
