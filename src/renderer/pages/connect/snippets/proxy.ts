import type { Upstream } from '#shared/contract/upstreams.ts'
import { proxyUrl } from '../../../format/proxy-url.ts'
import { PROXY_CODE } from './proxy-code.ts'
import { setVariables } from './shell.ts'
import type { Snippet, SnippetContext } from './snippet.ts'
import { APP } from './snippet.ts'

export type ProxyLanguage = keyof typeof PROXY_CODE

type Target = Pick<Upstream, 'name' | 'baseUrl' | 'flavour'>

/**
 * What a vendor's SDK takes for its base URL. OpenAI's counts the version to it and the others' do not; an upstream whose
 * own base URL ends with a version has it already.
 */
export function sdkBaseUrl(url: string, { name, baseUrl, flavour }: Target): string {
  const needsVersion = flavour === 'openai' && !/\/v\d+\w*$/.test(baseUrl)
  return proxyUrl(url, name) + (needsVersion ? '/v1' : '')
}

const MODELS = new Map([
  ['openai', 'gpt-4o-mini'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['ollama', 'llama3.2'],
  ['deepseek', 'deepseek-chat'],
  ['dashscope', 'qwen-plus'],
])

/** Variables by which SDKs take another base URL without a change of code. */
const BASE_URL_VARIABLES = {
  openai: 'OPENAI_BASE_URL',
  anthropic: 'ANTHROPIC_BASE_URL',
  ollama: 'OLLAMA_HOST',
} as const

/** SDKs find a key of their own vendor by themselves. */
function keyVariable({ name, flavour }: Target): string | null {
  return name === flavour || flavour === 'ollama'
    ? null
    : `${name
        .toUpperCase()
        .replaceAll('-', '_')
        .replace(/^(?=\d)/, '_')}_API_KEY`
}

export function proxySnippets(context: SnippetContext, target: Target, language: ProxyLanguage): Snippet[] {
  const baseUrl = sdkBaseUrl(context.url, target)
  // A variable cannot carry the token: then it takes a header.
  const withoutCode: Snippet[] =
    context.token === null
      ? [
          {
            title: 'connect.steps.withoutCode',
            text: setVariables(context.shell, { [BASE_URL_VARIABLES[target.flavour]]: baseUrl }),
          },
        ]
      : []
  const write = PROXY_CODE[language][target.flavour]
  const code = write({
    baseUrl,
    model: MODELS.get(target.name) ?? 'your-model',
    keyVariable: keyVariable(target),
    headers: {
      'x-llmops-app': APP,
      ...(context.token === null ? {} : { 'x-llmops-token': context.token }),
    },
    labels: { 'x-llmops-user': 'u-1', 'x-llmops-session': 's-1', 'x-llmops-tags': 'beta' },
  })
  return [...withoutCode, { title: 'connect.steps.labels', text: code, note: 'connect.notes.proxy' }]
}
