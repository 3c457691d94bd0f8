/**
 * Text of apps and users on one line: no line break can start a header, no control or direction character can pose as
 * something else.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, ' ').trim()
}

/** Cut to a length in UTF-16 code units, never through a character, with an ellipsis where something is missing. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text
  const end = Math.max(0, length - 1)
  const cut = text.slice(0, end)
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

/** Cut to a size in UTF-8. */
export function shortenBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let cut = shorten(text, bytes)
  while (Buffer.byteLength(cut) > bytes)
    cut = shorten(text, Math.min(cut.length - 1, Math.floor((cut.length * bytes) / Buffer.byteLength(cut))))
  return cut
}
