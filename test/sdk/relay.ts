import type { SeenRequest } from '../vendors/vendor-server.ts'
import { sendJson, startVendor } from '../vendors/vendor-server.ts'

/** What the relay does with a request instead of passing it on. */
export type Fault =
  | 'hang up'
  | 'keep waiting'
  /** Passes the request on, and closes the connection before the app reads the answer. */
  | 'lose the answer'
  | { status: number; body: unknown; headers?: Record<string, string> }

/** Stands between an app and the console, until the test ends. The first requests meet the faults, in their order. */
export async function startRelay(
  consoleUrl: string,
  faults: readonly Fault[],
): Promise<{ url: string; seen: readonly SeenRequest[] }> {
  const waiting = [...faults]
  const { url, seen } = await startVendor(async ({ url: path, body }, response) => {
    const fault = waiting.shift()
    if (fault === 'keep waiting') return
    if (fault === 'hang up') return void response.destroy()
    if (typeof fault === 'object') return sendJson(response, fault.status, fault.body, fault.headers)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(new URL(path, consoleUrl), { method: 'POST', headers, body })
    const answered: unknown = await answer.json()
    if (fault === 'lose the answer') return void response.destroy()
    sendJson(response, answer.status, answered)
  })
  return { url, seen }
}
