import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  rawHeaders: string[]
  body: Buffer
}

/** Sends a request whose path is put on the wire as it is: nothing normalises it. */
export function sendRaw(
  url: string,
  message: {
    method?: string
    path: string
    headers?: Record<string, string | string[]>
    body?: string | Buffer
  },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const { method = 'GET', path, headers = {}, body } = message
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
