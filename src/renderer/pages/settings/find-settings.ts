import { bringToTop } from './bring-to-top.ts'

/** A setting that was found, as it is on the page. */
export interface FoundSetting {
  /** What is shown and marked. */
  element: HTMLElement
  title: string
  /** What it does, as the page says it. */
  text: string
  section: string
}

/** What has a name of its own: rows, parts, and fields. */
const NAMED = 'h2, h3, label, legend'
const BLOCK = '.row, .part, .origins, .rates, .parts, .history, fieldset, .section'
const MOST = 30

/**
 * Looks for settings on the page itself: whatever is on it can be found, in the words and the language that it is shown in.
 *
 * @param query words, all of which a title or its text must hold.
 * @returns those whose title holds them first.
 */
export function findSettings(page: HTMLElement, query: string): FoundSetting[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const ranked = new Map<string, FoundSetting & { rank: number }>()
  for (const heading of page.querySelectorAll<HTMLElement>(NAMED)) {
    if (heading.closest('dialog, [hidden]')) continue
    const title = wordsOf(heading)
    const block = heading.closest<HTMLElement>(BLOCK) ?? heading
    const isSection = heading.tagName === 'H2'
    // Of a section its title and what stands under it; the rest is its rows'.
    const text = isSection ? wordsOf(block.querySelector(':scope > p')) : wordsOf(block.querySelector('p'))
    const section = wordsOf(heading.closest('.section')?.querySelector('h2') ?? null)
    const inTitle = fold(title)
    const inAll = fold(`${title} ${text} ${isSection ? '' : section}`)
    if (title === '' || !words.every((word) => inAll.includes(word))) continue
    const rank = words.every((word) => inTitle.includes(word)) ? (isSection ? 0 : 1) : 2
    const key = `${section}\n${title}`
    if (!ranked.has(key)) ranked.set(key, { element: block, title, text, section, rank })
  }
  return [...ranked.values()].sort((a, b) => a.rank - b.rank).slice(0, MOST)
}

function wordsOf(element: Element | null): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
}

/** Case and accents do not matter, nor how wide a letter is. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
}

const MARK_MS = 2_500

/** Brings a setting into view, gives it the focus and marks it for a moment. */
export function showSetting(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex')) element.setAttribute('tabindex', '-1')
  if (element.clientHeight > window.innerHeight / 2) bringToTop(element)
  else element.scrollIntoView({ block: 'center' })
  element.focus({ preventScroll: true })
  element.classList.add('is-found')
  setTimeout(() => element.classList.remove('is-found'), MARK_MS)
}
