import { STOP_WORDS } from './stop-words.ts'

/** A word of comments. */
export interface CommentWord {
  /** A–Z in small letters; what is written otherwise stays as it is. */
  word: string
  /** In how many comments it is. */
  count: number
  /** Mean rating of these. */
  average: number
}

/** Longer ones are no words: keys, addresses, what a cat walked over. */
const WORD_LENGTH_MAX = 40
/** Chinese words that are not in the dictionary are hardly longer. */
const JOINED_LENGTH_MAX = 4

const HAN = /^\p{Script=Han}+$/u
const LETTER = /\p{L}/u

/**
 * Counts in how many comments a word is. Chinese is cut into words by the dictionary that JavaScript has
 * (`Intl.Segmenter`), which leaves other languages as they are written; what the dictionary does not know it cuts into
 * single characters, which are put together again. Words that say nothing are left out.
 *
 * @returns most comments first.
 */
export function countWords(comments: readonly { text: string; rating: number }[]): CommentWord[] {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
  const words = new Map<string, { count: number; total: number }>()
  for (const { text, rating } of comments) {
    for (const word of wordsOf(text, segmenter)) {
      const found = words.get(word)
      if (found) {
        found.count += 1
        found.total += rating
      } else words.set(word, { count: 1, total: rating })
    }
  }
  return [...words]
    .map(([word, { count, total }]) => ({ word, count, average: total / count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
}

function wordsOf(text: string, segmenter: Intl.Segmenter): Set<string> {
  const words = new Set<string>()
  const add = (word: string) => isTelling(word) && words.add(word)
  let joined = ''
  const addJoined = () => {
    if (joined.length <= JOINED_LENGTH_MAX) add(joined)
    joined = ''
  }
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (segment.length === 1 && HAN.test(segment) && !STOP_WORDS.has(segment)) {
      joined += segment
      continue
    }
    addJoined()
    if (isWordLike === true) add(lowerAscii(segment))
  }
  addJoined()
  return words
}

/** As the search in the list has it: what is found here shall be found there. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function isTelling(word: string): boolean {
  if (word.length > WORD_LENGTH_MAX || !LETTER.test(word) || STOP_WORDS.has(word)) return false
  // A Chinese word may be one character long.
  return word.length > 1 || HAN.test(word)
}
