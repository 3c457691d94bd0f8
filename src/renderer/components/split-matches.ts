export interface TextPart {
  text: string
  isMatch: boolean
}

/** With more marks a text is slow to draw and of no more use. */
const MOST_MATCHES = 500

/** Cuts a text at the places where it holds another, to the letter. The parts together are the text. */
export function splitMatches(text: string, wanted: string | undefined): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (let matches = 0; wanted && matches < MOST_MATCHES; matches += 1) {
    const start = text.indexOf(wanted, end)
    if (start === -1) break
    if (start > end) parts.push({ text: text.slice(end, start), isMatch: false })
    end = start + wanted.length
    parts.push({ text: wanted, isMatch: true })
  }
  if (end < text.length) parts.push({ text: text.slice(end), isMatch: false })
  return parts
}
