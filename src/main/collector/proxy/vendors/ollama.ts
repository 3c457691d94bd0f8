import type { AnswerDraft } from './answer-draft.ts'
import type { AnswerReader } from './answer-reader.ts'
import { asCount, asList, asObject, asText } from './json-value.ts'
import { readVendorError } from './vendor-error.ts'

const ONLY = 0

/** Ollama's own chat, generate and embed. A line of a stream and a whole answer have the same shape. */
export class OllamaReader implements AnswerReader {
  readonly #draft: AnswerDraft

  constructor(draft: AnswerDraft) {
    this.#draft = draft
  }

  take(value: unknown): boolean {
    const line = asObject(value)
    if (!line) return false
    const draft = this.#draft
    draft.error ??= readVendorError(line)
    draft.model ??= asText(line['model']) ?? null
    const message = asObject(line['message'])
    const content = asText(message?.['content']) ?? asText(line['response']) ?? ''
    const thinking = asText(message?.['thinking']) ?? asText(line['thinking']) ?? ''
    const toolCalls = asList(message?.['tool_calls'])
    draft.addContent(ONLY, content)
    draft.addReasoning(ONLY, thinking)
    for (const item of toolCalls) {
      const call = asObject(item)
      const { name, arguments: input } = asObject(call?.['function']) ?? {}
      const text = typeof input === 'string' ? input : JSON.stringify(input ?? {})
      draft.addToolCall(ONLY, draft.toolCallCount(ONLY), { id: call?.['id'], name, arguments: text })
    }
    if (line['done'] === true) {
      draft.finish(ONLY, asText(line['done_reason']) ?? 'stop')
      draft.isComplete = true
    }
    this.#takeCounts(asCount(line['prompt_eval_count']), asCount(line['eval_count']))
    return content !== '' || thinking !== '' || toolCalls.length > 0
  }

  #takeCounts(inputTokens: number | null, outputTokens: number | null): void {
    if (inputTokens === null && outputTokens === null) return
    this.#draft.usage = {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
    }
  }
}
