import type { ServerResponse } from 'node:http'
import type { SeenRequest, Vendor } from './vendor-server.ts'
import { jsonObject, sendJson, sendStream, startVendor } from './vendor-server.ts'

export const OPENAI_TEXT = ['Grüße', ', 世界', ' 🎉']
const OPENAI_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 25 },
}
const RESPONSES_USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 64, cache_write_tokens: 8 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 25 },
  total_tokens: 140,
}
/** What answers is a dated version of what was asked for. */
export const OPENAI_MODEL = 'gpt-4o-mini-2024-07-18'
export const OPENAI_TOOL_CALL = { id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}' }

/** Speaks OpenAI's chat completions, responses, embeddings and list of models. */
export function startOpenAi(): Promise<Vendor> {
  return startVendor((request, response, vendor) => {
    const [path] = request.url.split('?')
    switch (`${request.method} ${path}`) {
      case 'POST /v1/chat/completions':
        return chat(request, response, vendor)
      case 'POST /v1/responses':
        return responses(request, response, vendor)
      case 'POST /v1/embeddings':
        return sendJson(response, 200, {
          object: 'list',
          data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
          model: 'text-embedding-3-small',
          usage: { prompt_tokens: 7, total_tokens: 7 },
        })
      case 'GET /v1/models':
        return sendJson(response, 200, { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }] })
      default:
        return sendJson(response, 404, { error: { message: 'Unknown URL', type: 'invalid_request_error' } })
    }
  })
}

const sse = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`

function chat(request: SeenRequest, response: ServerResponse, vendor: Vendor): Promise<void> | void {
  const body = jsonObject(request.body)
  const head = { id: 'chatcmpl-1', created: 1, model: OPENAI_MODEL }
  const usesTools = body['tools'] !== undefined
  const { id, name, arguments: text } = OPENAI_TOOL_CALL
  if (body['stream'] !== true) {
    const toolCalls = [{ id, type: 'function', function: { name, arguments: text } }]
    const message = usesTools
      ? { role: 'assistant', content: null, tool_calls: toolCalls }
      : { role: 'assistant', content: OPENAI_TEXT.join('') }
    const choice = { index: 0, message, finish_reason: usesTools ? 'tool_calls' : 'stop' }
    return sendJson(response, 200, {
      ...head,
      object: 'chat.completion',
      choices: [choice],
      usage: OPENAI_USAGE,
    })
  }
  const options = body['stream_options']
  const includesUsage = typeof options === 'object' && options !== null && 'include_usage' in options
  const chunk = (delta: unknown, finishReason: string | null = null) =>
    sse({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
      ...(includesUsage && { usage: null }),
    })
  const called = (part: unknown) => chunk({ tool_calls: [part] })
  const deltas = usesTools
    ? [
        called({ index: 0, id, type: 'function', function: { name, arguments: '' } }),
        called({ index: 0, function: { arguments: text.slice(0, 5) } }),
        called({ index: 0, function: { arguments: text.slice(5) } }),
        chunk({}, 'tool_calls'),
      ]
    : [...OPENAI_TEXT.map((content) => chunk({ content })), chunk({}, 'stop')]
  const [first = '', ...rest] = deltas
  const last = includesUsage
    ? [sse({ ...head, object: 'chat.completion.chunk', choices: [], usage: OPENAI_USAGE })]
    : []
  return sendStream(response, vendor, 'text/event-stream; charset=utf-8', [
    chunk({ role: 'assistant', content: '' }) + first,
    ...rest,
    ...last,
    'data: [DONE]\n\n',
  ])
}

function responses(request: SeenRequest, response: ServerResponse, vendor: Vendor): Promise<void> | void {
  const text = OPENAI_TEXT.join('')
  const item = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
  const head = { id: 'resp_1', object: 'response', created_at: 1, model: OPENAI_MODEL }
  const whole = {
    ...head,
    status: 'completed',
    error: null,
    incomplete_details: null,
    output: [item],
    usage: RESPONSES_USAGE,
  }
  if (jsonObject(request.body)['stream'] !== true) return sendJson(response, 200, whole)
  const events = [
    {
      type: 'response.created',
      response: { ...head, status: 'in_progress', error: null, output: [], usage: null },
    },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    {
      type: 'response.content_part.added',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [] },
    },
    ...OPENAI_TEXT.map((delta) => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta,
    })),
    { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ]
  return sendStream(
    response,
    vendor,
    'text/event-stream; charset=utf-8',
    events.map((event, index) => `event: ${event.type}\n${sse({ ...event, sequence_number: index })}`),
  )
}
