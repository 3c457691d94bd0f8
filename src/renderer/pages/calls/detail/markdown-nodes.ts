import MarkdownIt from 'markdown-it'
import type { VNode } from 'vue'
import { h } from 'vue'
import { splitMatches } from '../../../components/split-matches.ts'

/** What is longer is not read as Markdown: a page must not wait for it. */
export const MARKDOWN_LENGTH = 50_000

/** Quotes in lists in quotes: what lies deeper is left out by the parser. */
const MAX_NESTING = 24

// No raw HTML, no guesses at links: a token is a text or one of the elements below.
const parser = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: MAX_NESTING })

type Token = ReturnType<typeof parser.parse>[number]
type Child = VNode | string

/** All elements there can be. Headings begin where those of the page end. */
const ELEMENTS = new Map([
  ['p', 'p'],
  ['h1', 'h4'],
  ['h2', 'h5'],
  ['h3', 'h6'],
  ['h4', 'h6'],
  ['h5', 'h6'],
  ['h6', 'h6'],
  ['blockquote', 'blockquote'],
  ['ul', 'ul'],
  ['ol', 'ol'],
  ['li', 'li'],
  ['strong', 'strong'],
  ['em', 'em'],
  ['s', 's'],
  ['table', 'table'],
  ['thead', 'thead'],
  ['tbody', 'tbody'],
  ['tr', 'tr'],
  ['th', 'th'],
  ['td', 'td'],
])

interface Frame {
  element: string
  props: Record<string, string | number>
  children: Child[]
  /** Of a link: shown behind its text. */
  address?: string
}

/**
 * Reads Markdown of a model or a user as elements. Nothing in it can load or run: no raw HTML, no element and no
 * attribute that is not named here, pictures are named and links are text with their address behind it.
 *
 * @param text at most `MARKDOWN_LENGTH` of it are read.
 * @param imageName what a picture is called.
 * @param wanted is marked where a text has it.
 */
export function markdownNodes(text: string, imageName: string, wanted?: string): Child[] {
  const root: Frame = { element: '', props: {}, children: [] }
  const frames: Frame[] = [root]
  const add = (child: Child) => (frames.at(-1) ?? root).children.push(child)
  const read = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      if (token.type === 'inline') read(token.children ?? [])
      else if (token.nesting === 1) frames.push(frameOf(token))
      else if (token.nesting === -1) close(frames, root)
      else for (const child of leafOf(token, imageName, wanted)) add(child)
    }
  }
  read(parser.parse(text.slice(0, MARKDOWN_LENGTH), {}))
  // A parser that opens more than it closes is not known; its text must not be lost.
  while (frames.length > 1) close(frames, root)
  return root.children
}

function close(frames: Frame[], root: Frame): void {
  if (frames.length === 1) return
  const { element, props, children, address } = frames.pop() ?? root
  const parent = frames.at(-1) ?? root
  if (element === '') parent.children.push(...children)
  else parent.children.push(h(element, props, children))
  if (address !== undefined) {
    const isShown = children.length === 1 && children[0] === address
    if (!isShown) parent.children.push(h('span', { class: 'markdown__address' }, ` (${address})`))
  }
}

function frameOf(token: Token): Frame {
  if (token.type === 'link_open') {
    return { element: '', props: {}, children: [], address: String(token.attrGet('href') ?? '') }
  }
  // The paragraphs of a tight list are none.
  const element = token.hidden ? '' : (ELEMENTS.get(token.tag) ?? '')
  const start = token.type === 'ordered_list_open' ? Number(token.attrGet('start') ?? NaN) : NaN
  return { element, props: Number.isSafeInteger(start) ? { start } : {}, children: [] }
}

function leafOf(token: Token, imageName: string, wanted: string | undefined): Child[] {
  const marked = (text: string): Child[] =>
    splitMatches(text, wanted).map((part) => (part.isMatch ? h('mark', part.text) : part.text))
  switch (token.type) {
    case 'code_inline':
      return [h('code', marked(token.content))]
    case 'fence':
    case 'code_block':
      return [h('pre', h('code', marked(token.content)))]
    case 'hardbreak':
      return [h('br')]
    case 'softbreak':
      return ['\n']
    case 'hr':
      return [h('hr')]
    case 'image': {
      const address = String(token.attrGet('src') ?? '')
      return [h('span', { class: 'markdown__image' }, `[${imageName}: ${token.content || address}]`)]
    }
    default:
      return marked(token.content)
  }
}
