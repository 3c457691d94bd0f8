import type { EndpointKind } from '../endpoints.ts'
import type { AnswerDraft } from './answer-draft.ts'
import type { AnswerReader } from './answer-reader.ts'
import { AnthropicMessagesReader } from './anthropic-messages.ts'
import { OllamaReader } from './ollama.ts'
import { OpenAiChatReader } from './openai-chat.ts'
import { OpenAiResponsesReader } from './openai-responses.ts'

/** @returns the reader of an operation's answer, which writes what it finds into the draft. */
export function createReader(kind: EndpointKind, draft: AnswerDraft): AnswerReader {
  switch (kind) {
    case 'openai-chat':
    case 'openai-completions':
    case 'openai-embeddings':
      return new OpenAiChatReader(draft)
    case 'openai-responses':
      return new OpenAiResponsesReader(draft)
    case 'anthropic-messages':
      return new AnthropicMessagesReader(draft)
    case 'ollama-chat':
    case 'ollama-generate':
    case 'ollama-embed':
      return new OllamaReader(draft)
  }
}
