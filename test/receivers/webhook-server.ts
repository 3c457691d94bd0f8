import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'

export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface WebhookServer {
  url: string
  port: number
  received: ReceivedRequest[]
  close: () => void
}

export type Respond = (request: ReceivedRequest, response: ServerResponse) => void

const ok: Respond = (_request, response) => void response.end('ok')

/** Receives webhooks on loopback until it is closed, and answers as told. */
export async function openWebhookServer(respond: Respond = ok): Promise<WebhookServer> {
  const received: ReceivedRequest[] = []
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then((request) => {
      received.push(request)
      respond(request, response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, port, received, close }
}

async function readRequest(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const { method = '', url: path = '', headers } = incoming
  return { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
}
