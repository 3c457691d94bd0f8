/**
 * Control characters, marks and overrides of the writing direction, and characters without a width. The two joiners are
 * not among them: Persian and emoji are written with them.
 */
const INVISIBLE =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]/gu

/** Shows by its code point what cannot be seen in a text, so that two names that differ look different: `a<U+200B>b`. */
export function showInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const codePoint = character.codePointAt(0) ?? 0
    return `<U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}
