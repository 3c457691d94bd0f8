/** The scheme that opens the console on this machine. */
const LINK_SCHEME = 'llmops'

/** A link that opens a record in the console's window, on the machine that sent the notification. */
export function recordLink(recordId: string): string {
  return `${LINK_SCHEME}://alerts/records/${encodeURIComponent(recordId)}`
}
