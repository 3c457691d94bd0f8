import type { NewCall } from '../store/call.ts'
import type { StoredCostConfig } from '../store/cost-config.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { catalogueProviderOf, priceAt } from './catalogue.ts'
import type { Rates } from './cost.ts'
import { costNanos, toNanos } from './cost.ts'

/** The currency that costs are kept and shown in. */
export const BASE_CURRENCY = 'USD'

/** What pricing needs of a call. */
export type Priceable = Pick<
  NewCall,
  | 'provider'
  | 'model'
  | 'requestModel'
  | 'startedAt'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
>

/** What a call costs, and by which price. */
export interface Priced {
  costNanos: number
  costConfigId: string
}

export interface PriceSources {
  configs: () => readonly StoredCostConfig[]
  catalogue: Catalogue
  /** Entries of the catalogue that the user switched off. */
  isOff: (entryId: string) => boolean
  /** Units of the base currency for one of another, undefined if it was not said. */
  exchangeRate: (currency: string) => number | undefined
}

/**
 * Gives a call its cost: what the caller reported, if its currency can be turned into the base currency, else what its
 * tokens cost. A call that cannot be priced stays as it is.
 */
export function priceCall(
  call: NewCall,
  book: Pick<PriceBook, 'price'>,
  exchangeRate: PriceSources['exchangeRate'],
): NewCall {
  if (call.costNanos !== null) return call
  const { reportedCost } = call
  const rate = reportedCost === null ? undefined : exchangeRate(reportedCost.currency)
  if (reportedCost !== null && rate !== undefined) {
    return { ...call, costNanos: Math.round(reportedCost.amount * rate * 1e9), costSource: 'reported' }
  }
  const priced = book.price(call)
  return priced === null ? call : { ...call, ...priced, costSource: 'computed' }
}

/** Prices calls. Kept in memory: every call that comes in is priced before it is stored. */
export class PriceBook {
  readonly #sources: PriceSources
  /** Calls of one model are priced alike, but for their time. */
  readonly #candidates = new Map<string, Candidates>()

  constructor(sources: PriceSources) {
    this.#sources = sources
  }

  /** Forgets what it has looked up: prices have changed. */
  clear(): void {
    this.#candidates.clear()
  }

  /**
   * @returns null if no price is known for the model at that time, its currency has no exchange rate, or the call does
   *   not say how many tokens it used. That is not the same as a cost of zero.
   */
  price(call: Priceable): Priced | null {
    if (call.inputTokens === null && call.outputTokens === null) return null
    const { configs, entry } = this.#candidatesFor(call)
    const config = configs.find(({ validFrom }) => validFrom <= call.startedAt)
    if (config) {
      const exchangeRate = config.currency === BASE_CURRENCY ? 1 : this.#sources.exchangeRate(config.currency)
      if (exchangeRate === undefined) return null
      return {
        costNanos: costNanos(call, ratesOf(config, call.inputTokens ?? 0), exchangeRate),
        costConfigId: config.id,
      }
    }
    const price = entry && priceAt(entry.model.prices, call.startedAt)
    if (!entry || !price) return null
    const tier = price.tiers?.findLast(({ aboveInputTokens }) => (call.inputTokens ?? 0) > aboveInputTokens)
    const { input = 0, output = 0, cachedInput, cacheWrite } = { ...price, ...tier }
    const rates: Rates = {
      inputNanos: toNanos(input),
      outputNanos: toNanos(output),
      cachedInputNanos: cachedInput === undefined ? null : toNanos(cachedInput),
      cacheWriteNanos: cacheWrite === undefined ? null : toNanos(cacheWrite),
      reasoningNanos: null,
    }
    return { costNanos: costNanos(call, rates), costConfigId: entry.id }
  }

  #candidatesFor({ provider, model, requestModel }: Priceable): Candidates {
    const key = JSON.stringify([provider, model, requestModel])
    const known = this.#candidates.get(key)
    if (known) return known
    // The model that answered is the one that is paid for; some callers know only what they asked for.
    const names = [model, requestModel].filter((name) => name !== null)
    const { catalogue, isOff } = this.#sources
    const found = names
      .map((name) => catalogue.find(provider, name))
      .find((entry) => entry && !isOff(entry.id))
    const candidates = { configs: names.flatMap((name) => this.#configsFor(provider, name)), entry: found }
    if (this.#candidates.size >= CANDIDATES_KEPT) this.#candidates.clear()
    this.#candidates.set(key, candidates)
    return candidates
  }

  /** The user's own prices for a model: exact before prefix, longer before shorter, of a provider before of any. */
  #configsFor(provider: string | null, model: string): StoredCostConfig[] {
    const providerIds = provider === null ? [] : [provider.toLowerCase(), catalogueProviderOf(provider)]
    return this.#sources
      .configs()
      .filter(
        (config) => config.isEnabled && (config.provider === '' || isProvider(config.provider, providerIds)),
      )
      .filter((config) =>
        config.match === 'exact' ? config.model === model : model.startsWith(config.model),
      )
      .sort(
        (a, b) =>
          Number(b.match === 'exact') - Number(a.match === 'exact') ||
          b.model.length - a.model.length ||
          Number(b.provider !== '') - Number(a.provider !== '') ||
          b.validFrom - a.validFrom,
      )
  }
}

interface Candidates {
  configs: StoredCostConfig[]
  entry: CatalogueEntry | undefined
}

const CANDIDATES_KEPT = 10_000

function isProvider(wanted: string, providerIds: readonly string[]): boolean {
  return providerIds.includes(wanted.toLowerCase()) || providerIds.includes(catalogueProviderOf(wanted))
}

function ratesOf(config: StoredCostConfig, inputTokens: number): Rates {
  const {
    inputPerMillion,
    outputPerMillion,
    cachedInputPerMillion,
    cacheWritePerMillion,
    reasoningPerMillion,
  } = config.tiers.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? config
  const orNull = (price: number | null) => (price === null ? null : toNanos(price))
  return {
    inputNanos: toNanos(inputPerMillion),
    outputNanos: toNanos(outputPerMillion),
    cachedInputNanos: orNull(cachedInputPerMillion),
    cacheWriteNanos: orNull(cacheWritePerMillion),
    reasoningNanos: orNull(reasoningPerMillion),
  }
}
