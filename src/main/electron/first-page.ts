import { readFileSync } from 'node:fs'

const ESCAPES = new Map([
  ['&', '&amp;'],
  ['"', '&quot;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])

/**
 * The page of the window, told how the window looked last: a page that asked would wait until the console is there.
 *
 * @param page path of its HTML.
 * @param looks path of the file that is kept from start to start; it need not be there.
 */
export function firstPage(page: string, looks: string): string {
  const html = readFileSync(page, 'utf8')
  try {
    const text = readFileSync(looks, 'utf8').replace(/[&"<>]/g, (sign) => ESCAPES.get(sign) ?? '')
    // A replacement by function: what is inserted is not looked through for `$`.
    return html.replace('<html', () => `<html data-looks="${text}"`)
  } catch {
    return html
  }
}
