import { app, shell } from 'electron'
import { isOurPage, outsideLink } from './link-policy.ts'

/** What our pages ask for: copying a text, and showing the dashboard on the whole screen. */
const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen'])

/**
 * Keeps every window, whatever opens it, on our pages and without rights. A logged text can hold any link: none may take
 * a window elsewhere, open another, embed something, or be given a permission. Before Electron's `ready` event.
 *
 * @param pageOrigin whose pages are ours.
 */
export function guardContents(pageOrigin: string): void {
  const isAllowed = (permission: string, origin: string) =>
    PERMISSIONS.has(permission) && isOurPage(origin, pageOrigin)

  app.on('web-contents-created', (_created, contents) => {
    const stay = (event: Electron.Event & { url: string }) => {
      if (!isOurPage(event.url, pageOrigin)) event.preventDefault()
    }
    contents.on('will-navigate', stay)
    contents.on('will-frame-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      const outside = outsideLink(url)
      if (outside !== undefined) void shell.openExternal(outside)
      return { action: 'deny' }
    })
  })
  app.on('session-created', (session) => {
    session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
      answer(isAllowed(permission, requestingUrl)),
    )
    session.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin))
    session.setDevicePermissionHandler(() => false)
    // What a page saves goes through `files.save`, which asks where to.
    session.on('will-download', (event) => event.preventDefault())
    // Its dictionaries would be fetched from the network.
    session.setSpellCheckerEnabled(false)
  })
}
