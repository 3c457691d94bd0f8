import type { ServerResponse } from 'node:http'
import type { SeenRequest, Vendor } from './vendor-server.ts'
import { jsonObject, sendJson, sendStream, startVendor } from './vendor-server.ts'

export const ANTHROPIC_TEXT = ['Guten', ' Tag', ' 🌍']
export const ANTHROPIC_MODEL = 'claude-sonnet-4-5-20250929'
/** Input counts beside what was read from the cache and written to it. */
const ANTHROPIC_USAGE = {
  input_tokens: 20,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 1_000,
  output_tokens: 45,
}
export const ANTHROPIC_TOOL_CALL = { id: 'toolu_1', name: 'weather', input: { city: 'Köln' } }

/** Speaks Anthropic's messages, and counts tokens. */
export function startAnthropic(): Promise<Vendor> {
  return startVendor((request, response, vendor) => {
    const [path] = request.url.split('?')
    if (request.method === 'POST' && path === '/v1/messages') return messages(request, response, vendor)
    if (request.method === 'POST' && path === '/v1/messages/count_tokens') {
      return sendJson(response, 200, { input_tokens: 12 })
    }
    return sendJson(response, 404, {
      type: 'error',
      error: { type: 'not_found_error', message: 'Not found' },
    })
  })
}

const sse = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

function messages(request: SeenRequest, response: ServerResponse, vendor: Vendor): Promise<void> | void {
  const body = jsonObject(request.body)
  const usesTools = body['tools'] !== undefined
  const stopReason = usesTools ? 'tool_use' : 'end_turn'
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: ANTHROPIC_MODEL }
  const text = { type: 'text', text: ANTHROPIC_TEXT.join('') }
  const content = usesTools ? [text, { type: 'tool_use', ...ANTHROPIC_TOOL_CALL }] : [text]
  if (body['stream'] !== true) {
    return sendJson(
      response,
      200,
      { ...head, content, stop_reason: stopReason, stop_sequence: null, usage: ANTHROPIC_USAGE },
      { 'request-id': 'req_1' },
    )
  }
  const { id, name, input } = ANTHROPIC_TOOL_CALL
  const json = JSON.stringify(input)
  const toolEvents = [
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id, name, input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '' } },
    {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: json.slice(0, 6) },
    },
    {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: json.slice(6) },
    },
    { type: 'content_block_stop', index: 1 },
  ]
  const start = {
    type: 'message_start',
    message: {
      ...head,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...ANTHROPIC_USAGE, output_tokens: 1 },
    },
  }
  const [first = '', ...rest] = ANTHROPIC_TEXT.map((part) =>
    sse({ type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text: part } } }),
  )
  const blockStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
  return sendStream(response, vendor, 'text/event-stream; charset=utf-8', [
    sse(start) + sse(blockStart) + sse({ type: 'ping' }) + first,
    ...rest,
    sse({ type: 'content_block_stop', ...{ index: 0 } }),
    ...(usesTools ? toolEvents.map(sse) : []),
    sse({
      type: 'message_delta',
      ...{
        delta: { stop_reason: stopReason, stop_sequence: null },
        usage: { output_tokens: ANTHROPIC_USAGE.output_tokens },
      },
    }),
    sse({ type: 'message_stop' }),
  ])
}
