import type { ServerResponse } from 'node:http'
import type { SeenRequest, Vendor } from './vendor-server.ts'
import { jsonObject, sendJson, sendStream, startVendor } from './vendor-server.ts'

export const OLLAMA_TEXT = ['Hallo', ' du']
const COUNTS = { prompt_eval_count: 26, eval_count: 12, total_duration: 1, eval_duration: 1 }

/** Speaks Ollama's chat, generate and list of models. Like Ollama, it streams unless told not to. */
export function startOllama(): Promise<Vendor> {
  return startVendor((request, response, vendor) => {
    switch (`${request.method} ${request.url}`) {
      case 'POST /api/chat':
        return generate(request, response, vendor, (content) => ({ message: { role: 'assistant', content } }))
      case 'POST /api/generate':
        return generate(request, response, vendor, (content) => ({ response: content }))
      case 'POST /api/embed':
        return sendJson(response, 200, {
          model: 'nomic-embed-text',
          embeddings: [[0.5]],
          prompt_eval_count: 3,
        })
      case 'GET /api/tags':
        return sendJson(response, 200, { models: [{ name: 'llama3.2' }] })
      default:
        return sendJson(response, 404, { error: 'not found' })
    }
  })
}

function generate(
  request: SeenRequest,
  response: ServerResponse,
  vendor: Vendor,
  part: (text: string) => object,
): Promise<void> | void {
  const body = jsonObject(request.body)
  const head = { model: body['model'], created_at: '2025-01-01T00:00:00Z' }
  const end = { done: true, done_reason: 'stop', ...COUNTS }
  if (body['stream'] === false)
    return sendJson(response, 200, { ...head, ...part(OLLAMA_TEXT.join('')), ...end })
  const lines = [
    ...OLLAMA_TEXT.map((text) => ({ ...head, ...part(text), done: false })),
    { ...head, ...part(''), ...end },
  ]
  return sendStream(
    response,
    vendor,
    'application/x-ndjson',
    lines.map((line) => `${JSON.stringify(line)}\n`),
  )
}
