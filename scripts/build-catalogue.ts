/**
 * `npm run build:catalogue`: writes `resources/catalogue/prices.json`, the price list that the console comes with, from
 * `@pydantic/genai-prices` and from our own `more-prices.json` for what it lacks or has otherwise than the vendor. Run it after raising the version
 * of the package; what changed shows in the diff, a model a line.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices'
import { findProvider } from '@pydantic/genai-prices'
import packageJson from '../package.json' with { type: 'json' }
import type { CataloguePrice, CatalogueProvider } from '../src/main/pricing/catalogue-file.ts'
import { catalogueFileSchema, moreProvidersSchema } from '../src/main/pricing/catalogue-file.ts'

const folder = join(import.meta.dirname, '..', 'resources', 'catalogue')
/** The day of the package's release: its prices are of then, or before. */
const PACKAGE_DATE = '2026-09-23'

/** The package hands out one provider at a time, by its id. */
const PROVIDER_IDS =
  'openai anthropic google deepseek x-ai mistral moonshotai zai zhipuai minimax cohere perplexity voyageai azure aws groq cerebras together fireworks openrouter'.split(
    ' ',
  )

const PRICE_KEYS = {
  input: 'input_mtok',
  output: 'output_mtok',
  cachedInput: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
} as const

export async function buildCatalogue(): Promise<string> {
  const more: unknown = JSON.parse(await readFile(join(folder, 'more-prices.json'), 'utf8'))
  const version = packageJson.devDependencies['@pydantic/genai-prices']
  const catalogue = catalogueFileSchema.parse({
    date: PACKAGE_DATE,
    sources: [
      `@pydantic/genai-prices ${version}, MIT licence, https://github.com/pydantic/genai-prices`,
      'more-prices.json: list prices of the vendors named there, by LLM Gateway or, where the package is behind, by the vendor’s own page, of the day named there',
    ],
    providers: withMore(PROVIDER_IDS.map(toProvider), moreProvidersSchema.parse(more)),
  })
  // A model a line: short, and readable as a diff.
  const providers = catalogue.providers.map(({ models, ...provider }) => {
    const lines = models.map((model) => `      ${JSON.stringify(model)}`).join(',\n')
    return `    ${JSON.stringify(provider).slice(0, -1)},"models":[\n${lines}\n    ]}`
  })
  const { date, sources } = catalogue
  return `{\n  "date": ${JSON.stringify(date)},\n  "sources": ${JSON.stringify(sources)},\n  "providers": [\n${providers.join(',\n')}\n  ]\n}\n`
}

/** Adds providers, and models to providers that are there; a model of ours takes the place of the package's. */
function withMore(providers: CatalogueProvider[], more: CatalogueProvider[]): CatalogueProvider[] {
  const isKnown = ({ id }: CatalogueProvider) => providers.some((provider) => provider.id === id)
  const extended = providers.map((provider) => {
    const { models: ours = [], modelMatch } = more.find(({ id }) => id === provider.id) ?? {}
    const theirs = provider.models.map((model) => ours.find(({ id }) => id === model.id) ?? model)
    const models = new Set([...theirs, ...ours])
    return { ...provider, ...(modelMatch ? { modelMatch } : {}), models: [...models] }
  })
  return [...extended, ...more.filter((provider) => !isKnown(provider))]
}

function toProvider(id: string): CatalogueProvider {
  const provider: Provider | undefined = findProvider({ providerId: id })
  if (provider?.id !== id) throw new Error(`the package knows no provider ${id}`)
  return {
    id,
    name: provider.name,
    source: provider.pricing_urls?.[0] ?? 'https://github.com/pydantic/genai-prices',
    date: PACKAGE_DATE,
    ...(provider.model_match ? { modelMatch: provider.model_match } : {}),
    ...(provider.fallback_model_providers ? { resells: provider.fallback_model_providers } : {}),
    models: provider.models.flatMap((model) => {
      const [first, ...rest] = pricesOf(model)
      return first ? [{ id: model.id, match: model.match, prices: [first, ...rest] }] : []
    }),
  }
}

/** Prices of text, in the order in which the last that holds is the one: models that are priced otherwise have none. */
function pricesOf(model: ModelInfo): CataloguePrice[] {
  const conditional = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }]
  return conditional.flatMap(({ prices, ...rest }) => {
    const constraint = 'constraint' in rest ? rest.constraint : undefined
    const text = textPrice(prices)
    if (!text) return []
    if (constraint?.type === 'start_date') return [{ ...text, validFrom: constraint.start_date }]
    if (constraint?.type === 'time_of_date') {
      return [{ ...text, dailyFrom: constraint.start_time, dailyTo: constraint.end_time }]
    }
    return [text]
  })
}

function textPrice(prices: ModelPrice): CataloguePrice | null {
  const entries = Object.entries(PRICE_KEYS).flatMap(([name, key]) => {
    const price = prices[key]
    return price === undefined ? [] : [[name, price] as const]
  })
  if (!entries.some(([name]) => name === 'input' || name === 'output')) return null
  const starts = new Set(
    entries.flatMap(([, price]) => (typeof price === 'object' ? price.tiers.map((tier) => tier.start) : [])),
  )
  const at = (inputTokens: number) =>
    Object.fromEntries(
      entries.map(([name, price]) => [
        name,
        typeof price === 'object'
          ? (price.tiers.filter((tier) => tier.start <= inputTokens).at(-1)?.price ?? price.base)
          : price,
      ]),
    )
  const tiers = [...starts].sort((a, b) => a - b).map((start) => ({ aboveInputTokens: start, ...at(start) }))
  return { ...at(0), ...(tiers.length > 0 ? { tiers } : {}) }
}

if (import.meta.main) await writeFile(join(folder, 'prices.json'), await buildCatalogue())
