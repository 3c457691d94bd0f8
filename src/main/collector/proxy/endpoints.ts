import type { UpstreamFlavour } from '#shared/contract/upstreams.ts'

/** The vendor operations that are recorded. */
export type EndpointKind =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'openai-embeddings'
  | 'anthropic-messages'
  | 'ollama-chat'
  | 'ollama-generate'
  | 'ollama-embed'

// Vendors speak each other's protocols below paths of their own (DeepSeek's /anthropic/v1/messages, Ollama's
// /v1/chat/completions), and these ends of paths mean the same everywhere.
const ANYWHERE: readonly [end: string, kind: EndpointKind][] = [
  ['/chat/completions', 'openai-chat'],
  ['/completions', 'openai-completions'],
  ['/responses', 'openai-responses'],
  ['/embeddings', 'openai-embeddings'],
  ['/v1/messages', 'anthropic-messages'],
]
const OLLAMA: readonly [end: string, kind: EndpointKind][] = [
  ['/api/chat', 'ollama-chat'],
  ['/api/generate', 'ollama-generate'],
  ['/api/embed', 'ollama-embed'],
  ['/api/embeddings', 'ollama-embed'],
]

/** @returns which operation a request is, or null for one that passes and is not recorded, such as a list of models. */
export function readEndpoint(flavour: UpstreamFlavour, method: string, path: string): EndpointKind | null {
  if (method !== 'POST') return null
  const plain = path.replace(/\/+$/, '')
  const known = flavour === 'ollama' ? [...OLLAMA, ...ANYWHERE] : ANYWHERE
  return known.find(([end]) => plain.endsWith(end))?.[1] ?? null
}

/** The operation's name in OpenTelemetry's conventions. */
export const OPERATION_OF: Record<EndpointKind, string> = {
  'openai-chat': 'chat',
  'openai-completions': 'text_completion',
  'openai-responses': 'chat',
  'openai-embeddings': 'embeddings',
  'anthropic-messages': 'chat',
  'ollama-chat': 'chat',
  'ollama-generate': 'text_completion',
  'ollama-embed': 'embeddings',
}
