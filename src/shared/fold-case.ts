/**
 * A text with its Latin letters as small ones: what is searched for is found however it is written. Only those of ASCII,
 * so that every place in the text stays where it is.
 */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
