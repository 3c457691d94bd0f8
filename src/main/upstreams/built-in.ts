import type { UpstreamFlavour } from '#shared/contract/upstreams.ts'

interface BuiltInUpstream {
  name: string
  baseUrl: string
  flavour: UpstreamFlavour
}

/** Upstreams that are there from the start. A base URL is the vendor's own, less what its SDK puts behind it. */
export const BUILT_IN_UPSTREAMS: readonly BuiltInUpstream[] = [
  { name: 'openai', baseUrl: 'https://api.openai.com', flavour: 'openai' },
  { name: 'anthropic', baseUrl: 'https://api.anthropic.com', flavour: 'anthropic' },
  { name: 'ollama', baseUrl: 'http://127.0.0.1:11434', flavour: 'ollama' },
  { name: 'deepseek', baseUrl: 'https://api.deepseek.com', flavour: 'openai' },
  { name: 'dashscope', baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode', flavour: 'openai' },
]
