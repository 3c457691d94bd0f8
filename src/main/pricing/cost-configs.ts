import { randomUUID } from 'node:crypto'
import type { CostConfig, NewCostConfig } from '#shared/contract/cost-configs.ts'
import { LIMITS } from '#shared/limits.ts'
import { RecentlyRemoved } from '#shared/recently-removed.ts'
import { Turns } from '#shared/turns.ts'
import type { StoredCostConfig } from '../store/cost-config.ts'
import type { Store } from '../store/store.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { catalogueProviderOf, priceAt } from './catalogue.ts'
import type { CatalogueRates } from './catalogue-file.ts'
import { PriceBook } from './price-book.ts'

/** Why a price cannot be what was asked for. */
export type CostConfigProblem = 'not-found' | 'catalogue' | 'same-validity' | 'too-many'

/** The prices that calls are priced by: the user's own, and the catalogue's where they have none. */
export interface CostConfigs {
  book: PriceBook
  /** ISO date: the catalogue knows no later prices. */
  catalogueDate: string
  /** The user's own first, then the catalogue's, of which those first that have priced calls. */
  list(filter: {
    source?: CostConfig['source'] | undefined
    provider?: string | undefined
    q?: string | undefined
  }): Promise<CostConfig[]>
  get(id: string): Promise<CostConfig | undefined>
  create(config: NewCostConfig): Promise<CostConfig | CostConfigProblem>
  update(
    id: string,
    changes: { [K in keyof NewCostConfig]?: NewCostConfig[K] | undefined },
  ): Promise<CostConfig | CostConfigProblem>
  /** @returns nothing, or why not. Calls keep what they cost. */
  remove(id: string): Promise<CostConfigProblem | undefined>
  /** Takes back the removal of a price that was removed lately: it is there again, by the same id. */
  restore(id: string): Promise<CostConfig | CostConfigProblem>
}

/** Reads the user's prices. This process is the only one that changes them, so memory stays true. */
export async function openCostConfigs(
  store: Pick<Store, 'ask' | 'writeCostConfig'>,
  catalogue: Catalogue,
  exchangeRate: (currency: string) => number | undefined,
): Promise<CostConfigs> {
  const stored = await store.ask('readCosts', null)
  const configs = new Map(stored.configs.map((config) => [config.id, config]))
  const off = new Set(stored.offIds)
  const removed = new RecentlyRemoved<StoredCostConfig>()
  const turns = new Turns()
  const book = new PriceBook({
    configs: () => [...configs.values()],
    catalogue,
    isOff: (entryId) => off.has(entryId),
    exchangeRate,
  })

  const usedIds = async () => new Set((await store.ask('readCosts', null)).usedIds)
  const fromUser = (
    config: StoredCostConfig,
    used: ReadonlySet<string>,
    until: ReadonlyMap<string, number> = endsOf([...configs.values()]),
  ): CostConfig => ({
    ...config,
    validUntil: until.get(config.id) ?? null,
    source: 'user',
    sourceUrl: null,
    sourceDate: null,
    hasPricedCalls: used.has(config.id),
  })
  const fromCatalogue = ({ id, provider, model }: CatalogueEntry, used: ReadonlySet<string>): CostConfig => {
    const price = priceAt(model.prices, Date.now()) ?? model.prices[0]
    const perMillion = (rates: CatalogueRates) => ({
      inputPerMillion: rates.input ?? 0,
      outputPerMillion: rates.output ?? 0,
      cachedInputPerMillion: rates.cachedInput ?? null,
      cacheWritePerMillion: rates.cacheWrite ?? null,
      reasoningPerMillion: null,
    })
    return {
      id,
      provider: provider.id,
      model: model.id,
      match: 'equals' in model.match ? 'exact' : 'pattern',
      ...perMillion(price),
      tiers: (price.tiers ?? []).map(({ aboveInputTokens, ...rates }) => ({
        aboveInputTokens,
        ...perMillion({ ...price, ...rates }),
      })),
      currency: 'USD',
      validFrom: price.validFrom === undefined ? 0 : Date.parse(price.validFrom),
      validUntil: null,
      isEnabled: !off.has(id),
      source: 'catalogue',
      notes: '',
      sourceUrl: provider.source,
      sourceDate: provider.date,
      hasPricedCalls: used.has(id),
    }
  }
  const save = async (config: StoredCostConfig): Promise<CostConfig | CostConfigProblem> => {
    const isSame = (other: StoredCostConfig) =>
      other.id !== config.id &&
      other.isEnabled &&
      seriesOf(other) === seriesOf(config) &&
      other.validFrom === config.validFrom
    // Of two prices for the same calls from the same time on nobody could say which holds.
    if (config.isEnabled && [...configs.values()].some(isSame)) return 'same-validity'
    if (configs.size >= LIMITS.costConfigs && !configs.has(config.id)) return 'too-many'
    await store.writeCostConfig({ id: config.id, config })
    configs.set(config.id, config)
    book.clear()
    return fromUser(config, await usedIds())
  }

  return {
    book,
    catalogueDate: catalogue.date,
    async list({ source, provider, q }) {
      const used = await usedIds()
      const until = endsOf([...configs.values()])
      const own = [...configs.values()].sort(
        (a, b) => compare(a.model, b.model) || compare(a.provider, b.provider) || b.validFrom - a.validFrom,
      )
      const all = [
        ...(source === 'catalogue' ? [] : own.map((config) => fromUser(config, used, until))),
        ...(source === 'user'
          ? []
          : catalogue.entries.map((entry) => fromCatalogue(entry, used)).sort(usedFirst)),
      ]
      const part = q?.toLowerCase()
      const wanted = provider === undefined ? undefined : catalogueProviderOf(provider)
      return all.filter(
        (config) =>
          (wanted === undefined || catalogueProviderOf(config.provider) === wanted) &&
          (part === undefined || `${config.provider} ${config.model}`.toLowerCase().includes(part)),
      )
    },
    async get(id) {
      const config = configs.get(id)
      if (config) return fromUser(config, await usedIds())
      const entry = catalogue.byId.get(id)
      return entry && fromCatalogue(entry, await usedIds())
    },
    create: (config) => turns.take(() => save({ id: randomUUID(), ...config })),
    update: (id, changes) =>
      turns.take(async () => {
        const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
        const config = configs.get(id)
        if (config) return save({ ...config, ...given })
        const entry = catalogue.byId.get(id)
        if (!entry) return 'not-found'
        const { isEnabled } = changes
        if (isEnabled === undefined || Object.keys(given).length > 1) return 'catalogue'
        await store.writeCostConfig({ id, isOff: !isEnabled })
        if (isEnabled) off.delete(id)
        else off.add(id)
        book.clear()
        return fromCatalogue(entry, await usedIds())
      }),
    remove: (id) =>
      turns.take(async () => {
        if (catalogue.byId.has(id)) return 'catalogue'
        const config = configs.get(id)
        if (!config) return 'not-found'
        await store.writeCostConfig({ id, config: null })
        configs.delete(id)
        book.clear()
        removed.add(config)
        return undefined
      }),
    restore: (id) =>
      turns.take(async () => {
        const config = removed.get(id)
        if (!config) return 'not-found'
        const restored = await save(config)
        if (typeof restored !== 'string') removed.delete(id)
        return restored
      }),
  }
}

/** Prices of one series follow each other: each holds until the next one begins. */
function seriesOf({ provider, model, match }: StoredCostConfig): string {
  return JSON.stringify([provider.toLowerCase(), model, match])
}

/** When prices end, by their id, epoch ms. What is disabled ends nothing. */
function endsOf(configs: readonly StoredCostConfig[]): Map<string, number> {
  const ends = new Map<string, number>()
  for (const series of Map.groupBy(configs, seriesOf).values()) {
    let next: number | undefined
    for (const { id, validFrom, isEnabled } of series.sort((a, b) => b.validFrom - a.validFrom)) {
      if (next !== undefined && next > validFrom) ends.set(id, next)
      if (isEnabled) next = validFrom
    }
  }
  return ends
}

const usedFirst = (a: CostConfig, b: CostConfig) => Number(b.hasPricedCalls) - Number(a.hasPricedCalls)

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
