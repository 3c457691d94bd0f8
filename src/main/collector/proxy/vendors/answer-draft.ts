import { LIMITS } from '#shared/limits.ts'
import type { AnswerError, AnswerMessage, AnswerUsage, ProxyAnswer } from '../../../ingest/index.ts'

/** Choices, and tool calls of one of them. An answer with more is somebody's mistake. */
const MAX_PARTS = 256

interface MessageDraft {
  content: string[]
  reasoning: string[]
  toolCalls: Map<number, { id: string | null; name: string | null; arguments: string[] }>
  finishReason: string | null
}

/** An answer as it grows, part by part. What is kept of its texts is bounded. */
export class AnswerDraft {
  readonly #messages = new Map<number, MessageDraft>()
  #length = 0
  id: string | null = null
  model: string | null = null
  usage: AnswerUsage | null = null
  error: AnswerError | null = null
  isComplete = false

  /** @param index which of the answers to the request the text belongs to. */
  addContent(index: number, text: string): void {
    this.#add(this.#message(index)?.content, text)
  }

  addReasoning(index: number, text: string): void {
    this.#add(this.#message(index)?.reasoning, text)
  }

  /** Adds what a part says of a tool call: its id and name come once, its arguments in pieces. */
  addToolCall(
    index: number,
    position: number,
    part: { id?: unknown; name?: unknown; arguments?: unknown },
  ): void {
    const message = this.#message(index)
    if (!message) return
    let call = message.toolCalls.get(position)
    if (!call) {
      if (message.toolCalls.size >= MAX_PARTS) return
      call = { id: null, name: null, arguments: [] }
      message.toolCalls.set(position, call)
    }
    if (typeof part.id === 'string' && part.id !== '') call.id = part.id.slice(0, LIMITS.nameLength)
    if (typeof part.name === 'string' && part.name !== '') call.name = part.name.slice(0, LIMITS.nameLength)
    if (typeof part.arguments === 'string') this.#add(call.arguments, part.arguments)
  }

  /** How many tool calls an answer has so far, for protocols that do not number them. */
  toolCallCount(index: number): number {
    return this.#messages.get(index)?.toolCalls.size ?? 0
  }

  finish(index: number, reason: string): void {
    const message = this.#message(index)
    if (message) message.finishReason = reason.slice(0, LIMITS.nameLength)
  }

  get hasFinished(): boolean {
    return this.isComplete || [...this.#messages.values()].some(({ finishReason }) => finishReason !== null)
  }

  /** Forgets the texts, because a whole of them follows. */
  clearMessages(): void {
    this.#messages.clear()
    this.#length = 0
  }

  result(): ProxyAnswer {
    const messages = [...this.#messages].sort(([a], [b]) => a - b).map(([, message]) => message)
    return {
      id: this.id?.slice(0, LIMITS.nameLength) ?? null,
      model: this.model?.slice(0, LIMITS.nameLength) ?? null,
      messages: messages.map(toMessage),
      finishReasons: messages.flatMap(({ finishReason }) => finishReason ?? []),
      usage: this.usage,
      error: this.error,
      isComplete: this.isComplete,
      cutFromLength: this.#length > LIMITS.textLength ? this.#length : null,
    }
  }

  #message(index: number): MessageDraft | undefined {
    const known = this.#messages.get(index)
    if (known || this.#messages.size >= MAX_PARTS) return known
    const message: MessageDraft = { content: [], reasoning: [], toolCalls: new Map(), finishReason: null }
    this.#messages.set(index, message)
    return message
  }

  #add(parts: string[] | undefined, text: string): void {
    if (!parts || text === '') return
    const room = Math.max(0, LIMITS.textLength - this.#length)
    this.#length += text.length
    if (room > 0) parts.push(text.slice(0, room))
  }
}

function toMessage({ content, reasoning, toolCalls }: MessageDraft): AnswerMessage {
  return {
    content: content.join(''),
    reasoning: reasoning.join(''),
    toolCalls: [...toolCalls]
      .sort(([a], [b]) => a - b)
      .map(([, call]) => ({ id: call.id, name: call.name, arguments: call.arguments.join('') || '{}' })),
  }
}
