import type { AnswerDraft } from './answer-draft.ts'
import type { AnswerReader } from './answer-reader.ts'
import type { JsonObject } from './json-value.ts'
import { asCount, asList, asObject, asText } from './json-value.ts'
import { readOpenAiUsage } from './openai-chat.ts'
import { readErrorBody, readVendorError } from './vendor-error.ts'

const TOOL_CALLS = new Set(['function_call', 'custom_tool_call'])
/** A request has one answer, made of several items. */
const ONLY = 0

/** OpenAI's responses. The last event of a stream repeats the whole answer; until it comes the pieces are kept. */
export class OpenAiResponsesReader implements AnswerReader {
  readonly #draft: AnswerDraft

  constructor(draft: AnswerDraft) {
    this.#draft = draft
  }

  take(value: unknown): boolean {
    const event = asObject(value)
    if (!event) return false
    if (event['object'] === 'response') return this.#takeResponse(event)
    const position = asCount(event['output_index']) ?? 0
    const delta = asText(event['delta'])
    switch (event['type']) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#draft.addContent(ONLY, delta ?? '')
        return delta !== undefined
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        this.#draft.addReasoning(ONLY, delta ?? '')
        return delta !== undefined
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#draft.addToolCall(ONLY, position, { arguments: delta })
        return delta !== undefined
      case 'response.output_item.added': {
        const item = asObject(event['item']) ?? {}
        if (!TOOL_CALLS.has(asText(item['type']) ?? '')) return false
        this.#draft.addToolCall(ONLY, position, { id: item['call_id'], name: item['name'] })
        return true
      }
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        this.#takeHead(asObject(event['response']) ?? {})
        return false
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed': {
        const response = asObject(event['response']) ?? {}
        if (asList(response['output']).length > 0) this.#draft.clearMessages()
        this.#takeResponse(response)
        this.#draft.isComplete = true
        return false
      }
      default:
        // `{type: "error", code, message}`, and errors of proxies before the vendor.
        this.#draft.error ??=
          event['type'] === 'error' ? readErrorBody({ ...event, type: null }) : readVendorError(event)
        return false
    }
  }

  #takeHead(response: JsonObject): void {
    this.#draft.id ??= asText(response['id']) ?? null
    this.#draft.model ??= asText(response['model']) ?? null
  }

  #takeResponse(response: JsonObject): boolean {
    this.#takeHead(response)
    this.#draft.error ??= readVendorError(response)
    const usage = asObject(response['usage'])
    if (usage) this.#draft.usage = readOpenAiUsage(usage)
    const output = asList(response['output'])
    output.forEach((item, position) => this.#takeItem(asObject(item) ?? {}, position))
    const status = asText(response['status'])
    const reason = asText(asObject(response['incomplete_details'])?.['reason'])
    if (status !== undefined) this.#draft.finish(ONLY, reason ?? status)
    return output.length > 0
  }

  #takeItem(item: JsonObject, position: number): void {
    const type = asText(item['type']) ?? ''
    if (TOOL_CALLS.has(type)) {
      const text = item['arguments'] ?? item['input']
      this.#draft.addToolCall(ONLY, position, { id: item['call_id'], name: item['name'], arguments: text })
    }
    if (type === 'message') {
      for (const part of asList(item['content'])) {
        const { text, refusal } = asObject(part) ?? {}
        this.#draft.addContent(ONLY, asText(text) ?? asText(refusal) ?? '')
      }
    }
    if (type === 'reasoning') {
      for (const part of [...asList(item['summary']), ...asList(item['content'])]) {
        this.#draft.addReasoning(ONLY, asText(asObject(part)?.['text']) ?? '')
      }
    }
  }
}
