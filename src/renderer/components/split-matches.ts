import { foldCase } from '#shared/fold-case.ts'

export interface TextPart {
  text: string
  isMatch: boolean
}

/** With more marks a text is slow to draw and of no more use. */
const MOST_MATCHES = 500

/** Cuts a text at the places where it holds another, as a search finds it. The parts together are the text. */
export function splitMatches(text: string, wanted: string | undefined): TextPart[] {
  const parts: TextPart[] = []
  if (!wanted) return text === '' ? [] : [{ text, isMatch: false }]
  const [folded, found] = [foldCase(text), foldCase(wanted)]
  let end = 0
  for (let matches = 0; matches < MOST_MATCHES; matches += 1) {
    const start = folded.indexOf(found, end)
    if (start === -1) break
    if (start > end) parts.push({ text: text.slice(end, start), isMatch: false })
    end = start + wanted.length
    parts.push({ text: text.slice(start, end), isMatch: true })
  }
  if (end < text.length) parts.push({ text: text.slice(end), isMatch: false })
  return parts
}
