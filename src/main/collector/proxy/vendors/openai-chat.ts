import type { AnswerUsage } from '../../../ingest/index.ts'
import type { AnswerDraft } from './answer-draft.ts'
import type { AnswerReader } from './answer-reader.ts'
import type { JsonObject } from './json-value.ts'
import { asCount, asList, asObject, asText } from './json-value.ts'
import { readVendorError } from './vendor-error.ts'

/**
 * OpenAI's chat completions, completions and embeddings, and what others make of them. A chunk of a stream and a whole
 * answer differ in `delta` and `message` only.
 */
export class OpenAiChatReader implements AnswerReader {
  readonly #draft: AnswerDraft

  constructor(draft: AnswerDraft) {
    this.#draft = draft
  }

  take(value: unknown): boolean {
    const chunk = asObject(value)
    if (!chunk) return false
    this.#draft.error ??= readVendorError(chunk)
    this.#draft.id ??= asText(chunk['id']) ?? null
    this.#draft.model ??= asText(chunk['model']) ?? null
    let hasOutput = false
    for (const item of asList(chunk['choices'])) {
      const choice = asObject(item)
      if (choice && this.#takeChoice(choice)) hasOutput = true
    }
    // Null in all chunks but the last, and absent altogether unless `stream_options.include_usage` asks for it. Some
    // servers (Moonshot) put it into the choice.
    const usage = asObject(chunk['usage']) ?? asObject(asObject(asList(chunk['choices'])[0])?.['usage'])
    if (usage) this.#draft.usage = readOpenAiUsage(usage)
    return hasOutput
  }

  #takeChoice(choice: JsonObject): boolean {
    const index = asCount(choice['index']) ?? 0
    const finishReason = asText(choice['finish_reason'])
    if (finishReason !== undefined) this.#draft.finish(index, finishReason)
    const message = asObject(choice['delta']) ?? asObject(choice['message']) ?? {}
    const content =
      contentText(message['content']) + (asText(message['refusal']) ?? asText(choice['text']) ?? '')
    const reasoning = asText(message['reasoning_content']) ?? asText(message['reasoning']) ?? ''
    this.#draft.addContent(index, content)
    this.#draft.addReasoning(index, reasoning)
    const toolCalls = asList(message['tool_calls'])
    toolCalls.forEach((item, position) => {
      const call = asObject(item)
      const { name, arguments: text } = asObject(call?.['function']) ?? {}
      if (call)
        this.#draft.addToolCall(index, asCount(call['index']) ?? position, {
          id: call['id'],
          name,
          arguments: text,
        })
    })
    return content !== '' || reasoning !== '' || toolCalls.length > 0
  }
}

/** Text, or, with some vendors, a list of parts. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((part) => asText(asObject(part)?.['text']) ?? '')
    .join('')
}

/** `usage` of chat completions (`prompt_tokens`, …) and of responses (`input_tokens`, …). */
export function readOpenAiUsage(usage: JsonObject): AnswerUsage {
  const input = asObject(usage['prompt_tokens_details']) ?? asObject(usage['input_tokens_details']) ?? {}
  const output =
    asObject(usage['completion_tokens_details']) ?? asObject(usage['output_tokens_details']) ?? {}
  const inputTokens = asCount(usage['prompt_tokens']) ?? asCount(usage['input_tokens'])
  const outputTokens = asCount(usage['completion_tokens']) ?? asCount(usage['output_tokens'])
  return {
    inputTokens,
    outputTokens,
    totalTokens:
      asCount(usage['total_tokens']) ??
      (inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens),
    // The last is DeepSeek's.
    cachedInputTokens: asCount(input['cached_tokens']) ?? asCount(usage['prompt_cache_hit_tokens']),
    // The last is DashScope's.
    cacheWriteTokens: asCount(input['cache_write_tokens']) ?? asCount(input['cache_creation_input_tokens']),
    reasoningTokens: asCount(output['reasoning_tokens']),
  }
}
