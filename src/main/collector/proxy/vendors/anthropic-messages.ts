import type { AnswerUsage } from '../../../ingest/index.ts'
import type { AnswerDraft } from './answer-draft.ts'
import type { AnswerReader } from './answer-reader.ts'
import type { JsonObject } from './json-value.ts'
import { asCount, asList, asObject, asText } from './json-value.ts'
import { readVendorError } from './vendor-error.ts'

const ONLY = 0
const TOOL_BLOCKS = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use'])

/** Anthropic's messages. Content blocks of a stream are numbered; their deltas are put together. */
export class AnthropicMessagesReader implements AnswerReader {
  readonly #draft: AnswerDraft
  readonly #counts = new Map<string, number>()

  constructor(draft: AnswerDraft) {
    this.#draft = draft
  }

  take(value: unknown): boolean {
    const event = asObject(value)
    if (!event) return false
    const position = asCount(event['index']) ?? 0
    switch (event['type']) {
      case 'message':
        this.#takeMessage(event)
        this.#takeUsage(event['usage'], { isFinal: true })
        return asList(event['content']).length > 0
      case 'message_start': {
        const message = asObject(event['message']) ?? {}
        this.#takeMessage(message)
        // What it says of the output is where the count begins.
        this.#takeUsage(message['usage'], { isFinal: false })
        return false
      }
      case 'content_block_start':
        return this.#takeBlock(asObject(event['content_block']) ?? {}, position)
      case 'content_block_delta':
        return this.#takeDelta(asObject(event['delta']) ?? {}, position)
      case 'message_delta': {
        const stopReason = asText(asObject(event['delta'])?.['stop_reason'])
        if (stopReason !== undefined) this.#draft.finish(ONLY, stopReason)
        this.#takeUsage(event['usage'], { isFinal: true })
        return false
      }
      case 'message_stop':
        this.#draft.isComplete = true
        return false
      default:
        this.#draft.error ??= readVendorError(event)
        return false
    }
  }

  #takeMessage(message: JsonObject): void {
    this.#draft.id ??= asText(message['id']) ?? null
    this.#draft.model ??= asText(message['model']) ?? null
    asList(message['content']).forEach((block, position) => this.#takeBlock(asObject(block) ?? {}, position))
    const stopReason = asText(message['stop_reason'])
    if (stopReason !== undefined) this.#draft.finish(ONLY, stopReason)
  }

  #takeBlock(block: JsonObject, position: number): boolean {
    const { id, name, input } = block
    const type = asText(block['type']) ?? ''
    if (TOOL_BLOCKS.has(type)) {
      const isWhole = Object.keys(asObject(input) ?? {}).length > 0
      this.#draft.addToolCall(ONLY, position, {
        id,
        name,
        ...(isWhole && { arguments: JSON.stringify(input) }),
      })
      return true
    }
    const text = asText(block['text']) ?? ''
    const thinking = asText(block['thinking']) ?? ''
    this.#draft.addContent(ONLY, text)
    this.#draft.addReasoning(ONLY, thinking)
    return text !== '' || thinking !== ''
  }

  #takeDelta(delta: JsonObject, position: number): boolean {
    const text = asText(delta['text']) ?? ''
    const thinking = asText(delta['thinking']) ?? ''
    const json = asText(delta['partial_json'])
    this.#draft.addContent(ONLY, text)
    this.#draft.addReasoning(ONLY, thinking)
    if (json !== undefined) this.#draft.addToolCall(ONLY, position, { arguments: json })
    return text !== '' || thinking !== '' || json !== undefined
  }

  /**
   * Counts in a stream are cumulative: the largest is the last, and one that an event leaves at 0 does not undo another.
   */
  #takeUsage(value: unknown, { isFinal }: { isFinal: boolean }): void {
    const usage = asObject(value)
    if (!usage) return
    const names = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
    if (isFinal) names.push('output_tokens')
    for (const name of names) this.#count(name, usage[name])
    this.#count('thinking_tokens', asObject(usage['output_tokens_details'])?.['thinking_tokens'])
    this.#draft.usage = this.#usage()
  }

  #count(name: string, value: unknown): void {
    const count = asCount(value)
    if (count !== null) this.#counts.set(name, Math.max(count, this.#counts.get(name) ?? 0))
  }

  #usage(): AnswerUsage {
    const count = (name: string) => this.#counts.get(name) ?? null
    const cachedInputTokens = count('cache_read_input_tokens')
    const cacheWriteTokens = count('cache_creation_input_tokens')
    const uncached = count('input_tokens')
    const outputTokens = count('output_tokens')
    // Anthropic counts what was cached beside the input; a call counts it inside.
    const inputTokens =
      uncached === null ? null : uncached + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0)
    return {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens,
      cachedInputTokens,
      cacheWriteTokens,
      reasoningTokens: count('thinking_tokens'),
    }
  }
}
