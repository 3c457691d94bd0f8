import { readFile } from 'node:fs/promises'
import type {
  CatalogueFile,
  CatalogueModel,
  CataloguePrice,
  CatalogueProvider,
  NameMatch,
} from './catalogue-file.ts'

export interface CatalogueEntry {
  /** `catalogue:` provider `:` model */
  id: string
  provider: CatalogueProvider
  model: CatalogueModel
}

/** The price list that the console comes with. */
export interface Catalogue {
  /** ISO date: prices are of then, or before. */
  date: string
  entries: readonly CatalogueEntry[]
  byId: ReadonlyMap<string, CatalogueEntry>
  /** The entry for a model as calls name it, among those of the provider that they name. */
  find(provider: string | null, model: string): CatalogueEntry | undefined
}

/**
 * @param file `resources/catalogue/prices.json`. Not checked: whoever makes it does that, and a test; it takes longer
 *   than to read it.
 */
export async function loadCatalogue(file: string): Promise<Catalogue> {
  const { date, providers } = JSON.parse(await readFile(file, 'utf8')) as CatalogueFile
  const entries = providers.flatMap((provider) =>
    provider.models.map((model) => ({ id: `catalogue:${provider.id}:${model.id}`, provider, model })),
  )
  const byProvider = Map.groupBy(entries, ({ provider }) => provider.id)
  const resells = new Map(providers.map((provider) => [provider.id, provider.resells ?? []]))
  const findIn = (providerId: string, model: string) =>
    byProvider.get(providerId)?.find((entry) => matches(entry.model.match, model))
  const findSoldBy = (providerId: string, model: string) => {
    for (const id of [providerId, ...(resells.get(providerId) ?? [])]) {
      const entry = findIn(id, model)
      if (entry) return entry
    }
    return undefined
  }
  const find: Catalogue['find'] = (providerName, model) => {
    const providerId = providerName === null ? undefined : catalogueProviderOf(providerName)
    if (providerId !== undefined && byProvider.has(providerId)) {
      return findSoldBy(providerId, model.replace(RESOURCE_PATH, ''))
    }
    // A gateway of the user's own, or none named: the vendor whose model it is.
    const vendors = providers.filter(({ modelMatch }) => modelMatch && matches(modelMatch, model))
    for (const { id } of vendors) {
      const entry = findIn(id, model)
      if (entry) return entry
    }
    // Its embeddings have names that nobody else's begin like.
    const ofOpenAi = findIn('openai', model)
    if (ofOpenAi) return ofOpenAi
    // As gateways name models: vendor/model.
    const [vendor, ...rest] = model.split('/')
    return vendor !== undefined && rest.length > 0 ? find(vendor, rest.join('/')) : undefined
  }
  return { date, entries, byId: new Map(entries.map((entry) => [entry.id, entry])), find }
}

/** Google's interfaces name a model by its path, such as `models/gemini-2.5-pro`, and so do instrumentations of them. */
const RESOURCE_PATH = /^(?:publishers\/[^/]*\/)?models\//

/** Providers by the names that conventions, SDKs and our upstreams give them. */
const PROVIDERS = new Map([
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['az.ai.openai', 'azure'],
  ['az.ai.inference', 'azure'],
  ['azure-openai', 'azure'],
  ['azure_openai', 'azure'],
  ['aws.bedrock', 'aws'],
  ['bedrock', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['gcp.gemini', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.gen_ai', 'google'],
  ['vertex_ai', 'google'],
  ['vertexai', 'google'],
  ['gemini', 'google'],
  ['google-vertex', 'google'],
  ['mistral_ai', 'mistral'],
  ['mistralai', 'mistral'],
  ['x_ai', 'x-ai'],
  ['xai', 'x-ai'],
  ['moonshot', 'moonshotai'],
  ['dashscope', 'alibaba'],
  ['qwen', 'alibaba'],
  ['aliyun', 'alibaba'],
  ['zhipu', 'zhipuai'],
  ['bigmodel', 'zhipuai'],
  ['z.ai', 'zai'],
  ['z-ai', 'zai'],
  ['togetherai', 'together'],
  ['together_ai', 'together'],
  ['voyage', 'voyageai'],
])

/** The catalogue's id of a provider; the name itself if it has no other. */
export function catalogueProviderOf(name: string): string {
  const lower = name.toLowerCase()
  const known = PROVIDERS.get(lower)
  if (known !== undefined) return known
  // Vercel's AI SDK says which of a provider's interfaces it is: openai.chat, anthropic.messages.
  const [first = lower] = lower.split('.')
  return PROVIDERS.get(first) ?? first
}

function matches(match: NameMatch, name: string): boolean {
  if ('equals' in match) return name === match.equals
  if ('starts_with' in match) return name.startsWith(match.starts_with)
  if ('ends_with' in match) return name.endsWith(match.ends_with)
  if ('contains' in match) return name.includes(match.contains)
  if ('regex' in match) return new RegExp(match.regex, 'u').test(name)
  if ('or' in match) return match.or.some((part) => matches(part, name))
  return match.and.every((part) => matches(part, name))
}

/** @returns the price that holds at that moment: the last of those that do. */
export function priceAt(prices: readonly CataloguePrice[], epochMs: number): CataloguePrice | undefined {
  const iso = new Date(epochMs).toISOString()
  const [day = '', time = ''] = iso.split('T')
  const isWeekend = [0, 6].includes(new Date(epochMs).getUTCDay())
  return prices.findLast(({ validFrom, dailyFrom, dailyTo, weekdaysOnly }) => {
    if ((validFrom !== undefined && day < validFrom) || (weekdaysOnly && isWeekend)) return false
    if (dailyFrom === undefined || dailyTo === undefined) return true
    const [at, from, to] = [time, dailyFrom, dailyTo].map((text) => text.slice(0, 8)) as [
      string,
      string,
      string,
    ]
    return from <= to ? at >= from && at < to : at >= from || at < to
  })
}
