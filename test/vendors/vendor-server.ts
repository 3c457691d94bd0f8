import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'

/** A request as a vendor's server saw it. */
export interface SeenRequest {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** An answer that a test wants instead of the usual one. */
export interface Failure {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** What a test may change of a vendor's server, and what it sees of it. */
export interface Vendor {
  /** Without a path. */
  url: string
  /** Requests that arrived whole. */
  seen: SeenRequest[]
  /** Answers of this vendor from now on, if set. */
  failure: Failure | undefined
  /** Waited for between the first and the second part of a stream. */
  pause: (response: ServerResponse) => Promise<void>
  /** How often a connection was closed by the other side in the middle of an answer. */
  hangUps: number
}

export type VendorRoutes = (
  request: SeenRequest,
  response: ServerResponse,
  vendor: Vendor,
) => Promise<void> | void

/** Starts a server of this machine that answers as a vendor does, until the test ends. */
export async function startVendor(routes: VendorRoutes): Promise<Vendor> {
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) vendor.hangUps += 1
    })
    void answer(request, response).catch(() => response.destroy())
  })
  const vendor: Vendor = {
    url: '',
    seen: [],
    failure: undefined,
    pause: async () => undefined,
    hangUps: 0,
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') }
    vendor.seen.push(seen)
    if (vendor.failure)
      return sendJson(response, vendor.failure.status, vendor.failure.body, vendor.failure.headers)
    await routes(seen, response, vendor)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  vendor.url = `http://127.0.0.1:${address.port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return vendor
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Sends a stream part by part, with the vendor's pause after the first. */
export async function sendStream(
  response: ServerResponse,
  vendor: Vendor,
  contentType: string,
  parts: readonly string[],
): Promise<void> {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' })
  for (const [index, part] of parts.entries()) {
    if (response.destroyed) return
    response.write(part)
    if (index === 0) await vendor.pause(response)
  }
  response.end()
}

export function jsonObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
