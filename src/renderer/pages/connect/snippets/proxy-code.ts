import type { UpstreamFlavour } from '#shared/contract/upstreams.ts'

/** What the code of a snippet is put together from. */
interface Parts {
  baseUrl: string
  model: string
  /** Of the environment; null: the SDK's own. */
  keyVariable: string | null
  /** Of all calls. */
  headers: Record<string, string>
  /** Of one call. */
  labels: Record<string, string>
}

/** An object or dict over several lines: the closing brace is indented by `indent`. */
function literal(fields: Record<string, string>, indent: string, quote: '"' | "'"): string {
  const lines = Object.entries(fields).map(
    ([name, value]) =>
      `${indent}${quote === '"' ? '    ' : '  '}${quote}${name}${quote}: ${quote}${value}${quote},`,
  )
  return ['{', ...lines, `${indent}}`].join('\n')
}

const PYTHON: Record<UpstreamFlavour, (parts: Parts) => string> = {
  openai: ({
    baseUrl,
    model,
    keyVariable,
    headers,
    labels,
  }) => `${keyVariable ? 'import os\n\n' : ''}from openai import OpenAI

client = OpenAI(
    base_url="${baseUrl}",${keyVariable ? `\n    api_key=os.environ["${keyVariable}"],` : ''}
    default_headers=${literal(headers, '    ', '"')},
)
client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
    extra_headers=${literal(labels, '    ', '"')},
)`,
  anthropic: ({
    baseUrl,
    model,
    keyVariable,
    headers,
    labels,
  }) => `${keyVariable ? 'import os\n\n' : ''}from anthropic import Anthropic

client = Anthropic(
    base_url="${baseUrl}",${keyVariable ? `\n    api_key=os.environ["${keyVariable}"],` : ''}
    default_headers=${literal(headers, '    ', '"')},
)
client.messages.create(
    model="${model}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
    extra_headers=${literal(labels, '    ', '"')},
)`,
  ollama: ({ baseUrl, model, headers, labels }) => `from ollama import Client

client = Client(
    host="${baseUrl}",
    headers=${literal({ ...headers, ...labels }, '    ', '"')},
)
client.chat(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
)`,
}

const TYPESCRIPT: Record<UpstreamFlavour, (parts: Parts) => string> = {
  openai: ({ baseUrl, model, keyVariable, headers, labels }) => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: '${baseUrl}',${keyVariable ? `\n  apiKey: process.env['${keyVariable}'],` : ''}
  defaultHeaders: ${literal(headers, '  ', "'")},
})
await client.chat.completions.create(
  {
    model: '${model}',
    messages: [{ role: 'user', content: 'Hello' }],
  },
  {
    headers: ${literal(labels, '    ', "'")},
  },
)`,
  anthropic: ({ baseUrl, model, keyVariable, headers, labels }) => `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: '${baseUrl}',${keyVariable ? `\n  apiKey: process.env['${keyVariable}'],` : ''}
  defaultHeaders: ${literal(headers, '  ', "'")},
})
await client.messages.create(
  {
    model: '${model}',
    max_tokens: 1024,
    messages: [{ role: 'user', content: 'Hello' }],
  },
  {
    headers: ${literal(labels, '    ', "'")},
  },
)`,
  ollama: ({ baseUrl, model, headers, labels }) => `import { Ollama } from 'ollama'

const client = new Ollama({
  host: '${baseUrl}',
  headers: ${literal({ ...headers, ...labels }, '  ', "'")},
})
await client.chat({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
})`,
}

/** How each SDK is pointed at the proxy and labels its calls. */
export const PROXY_CODE = { python: PYTHON, typescript: TYPESCRIPT }
