import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol } from 'electron'

const SCHEME = 'app'

/** Where the pages are: a custom protocol, so that they have an origin of their own and headers of ours. */
export const PAGE_ORIGIN = `${SCHEME}://console`
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`

// Nothing but our own files may be run or loaded. Inline style attributes are what ECharts positions tooltips with.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Files of a page are asked for all at once. */
const QUIET_MS = 25
const SCRIPT = 'text/javascript; charset=utf-8'
const CONTENT_TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', SCRIPT],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
])

/** Must be called before Electron's `ready` event. */
export function registerPageScheme(): void {
  // Scripts are compiled once, not at each start.
  const privileges = { standard: true, secure: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

/**
 * Serves the files of a folder, and nothing outside it.
 *
 * @param made pages that are no files, by their path.
 * @param onScripts called when a page was handed scripts, and asks for nothing more right now.
 */
export function servePages(
  folder: string,
  made: ReadonlyMap<string, () => string>,
  onScripts: () => void,
): void {
  let quiet: NodeJS.Timeout | undefined
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url)
    const page = host === 'console' ? made.get(pathname) : undefined
    if (page) return answer(page(), 'text/html; charset=utf-8')
    const file = normalize(join(folder, decodeURIComponent(pathname)))
    const contentType = CONTENT_TYPES.get(extname(file))
    if (host !== 'console' || !file.startsWith(folder + sep) || contentType === undefined) return notFound()
    try {
      const body = new Uint8Array(await readFile(file))
      if (contentType === SCRIPT || quiet) {
        clearTimeout(quiet)
        quiet = setTimeout(onScripts, QUIET_MS)
      }
      return answer(body, contentType)
    } catch {
      // A file that is not in the build: there is nobody to tell but the page.
      return notFound()
    }
  })
}

function answer(body: string | Uint8Array<ArrayBuffer>, contentType: string): Response {
  return new Response(body, {
    headers: {
      'content-type': contentType,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
    },
  })
}

function notFound(): Response {
  return new Response('not found', { status: 404 })
}
