/** A page of a few words that needs no script: there is nothing in it that can crash. */
export interface PlainPage {
  language: string
  title: string
  paragraphs: readonly string[]
  /** Where it goes on; absent: there is nothing to do but wait. */
  link?: { href: string; label: string }
  isDark: boolean
}

// As in the theme of the pages.
const COLOURS = {
  light: { background: '#f7f8fa', text: '#171a21', muted: '#5a6372', accent: '#3d56c9' },
  dark: { background: '#101216', text: '#e8ebf0', muted: '#9aa4b3', accent: '#93a7ff' },
}

/** @returns HTML whose only styles are attributes: the pages' policy allows no others without a file. */
export function plainPage({ language, title, paragraphs, link, isDark }: PlainPage): string {
  const { background, text, muted, accent } = COLOURS[isDark ? 'dark' : 'light']
  const css = `margin:0;height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:12px;font:15px/1.6 system-ui,sans-serif;background:${background};color:${text};text-align:center`
  const lines = paragraphs.map(
    (line) => `<p style="margin:0;max-width:56ch;padding:0 24px;color:${muted}">${escapeHtml(line)}</p>`,
  )
  const way = link
    ? `<p style="margin:8px 0 0"><a style="color:${accent};font-weight:600" href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>`
    : ''
  return `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><title>LLMOps Console</title></head><body style="${css}"><main role="${link ? 'alert' : 'status'}"><h1 style="margin:0 0 8px;font-size:20px">${escapeHtml(title)}</h1>${lines.join('')}${way}</main></body></html>`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
