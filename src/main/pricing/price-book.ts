import type { CostBreakdown } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { NewCall } from '../store/call.ts'
import type { StoredCostConfig } from '../store/cost-config.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { catalogueProviderOf, priceAt } from './catalogue.ts'
import type { Rates } from './cost.ts'
import { costNanos, toNanos } from './cost.ts'
import type { AppliedPrice } from './cost-breakdown.ts'
import { breakDownCost } from './cost-breakdown.ts'

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

/** What is known of the cost of a call. */
type Cost = Pick<NewCall, 'reportedCost' | 'costNanos' | 'costSource' | 'costConfigId'>

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
export function priceCall<Call extends Priceable & Cost>(
  call: Call,
  book: Pick<PriceBook, 'price' | 'exchangeRate'>,
): Call {
  if (call.costNanos !== null) return call
  const { reportedCost } = call
  const rate = reportedCost === null ? undefined : book.exchangeRate(reportedCost.currency)
  if (reportedCost !== null && rate !== undefined) {
    const nanos = Math.round(reportedCost.amount * rate * 1e9)
    if (nanos <= LIMITS.callCostNanos) return { ...call, costNanos: nanos, costSource: 'reported' }
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

  /** @returns units of the base currency for one of another, undefined if it was not said. */
  exchangeRate(currency: string): number | undefined {
    return this.#sources.exchangeRate(currency)
  }

  /** Forgets what it has looked up: prices have changed. */
  clear(): void {
    this.#candidates.clear()
  }

  /**
   * @returns null if no price is known for the model at that time, its currency has no exchange rate, the call does not
   *   say how many tokens it used, or would cost more than can be. That is not the same as a cost of zero.
   */
  price(call: Priceable): Priced | null {
    const price = this.#priceFor(call)
    if (!price) return null
    const nanos = costNanos(call, price.rates, price.exchangeRate)
    return nanos > LIMITS.callCostNanos ? null : { costNanos: nanos, costConfigId: price.costConfigId }
  }

  /**
   * How a cost comes about: tokens by their kind, times prices.
   *
   * @param costConfigId the price that the call was priced by. Where it is gone, or null, today's is taken.
   * @returns null where `price` has none.
   */
  explain(call: Priceable, costConfigId: string | null): CostBreakdown | null {
    if (call.inputTokens === null && call.outputTokens === null) return null
    const price = (costConfigId !== null && this.#priceById(costConfigId, call)) || this.#priceFor(call)
    return price ? breakDownCost(call, price) : null
  }

  /** The price of the user's own that holds for a call, else the catalogue's. */
  #priceFor(call: Priceable): AppliedPrice | null {
    if (call.inputTokens === null && call.outputTokens === null) return null
    const { configs, entry } = this.#candidatesFor(call)
    const config = configs.find(({ validFrom }) => validFrom <= call.startedAt)
    if (config) return this.#applyConfig(config, call)
    return entry ? applyEntry(entry, call) : null
  }

  #priceById(id: string, call: Priceable): AppliedPrice | null {
    const config = this.#sources.configs().find((other) => other.id === id)
    if (config) return this.#applyConfig(config, call)
    const entry = this.#sources.catalogue.byId.get(id)
    return entry ? applyEntry(entry, call) : null
  }

  #applyConfig(config: StoredCostConfig, call: Priceable): AppliedPrice | null {
    const { currency } = config
    const exchangeRate = currency === BASE_CURRENCY ? 1 : this.#sources.exchangeRate(currency)
    if (exchangeRate === undefined) return null
    const rates = ratesOf(config, call.inputTokens ?? 0)
    const { id: costConfigId } = config
    // Zero is from ever on.
    const validFrom = config.validFrom || null
    return { costConfigId, source: 'user', validFrom, rates, currency, exchangeRate }
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

/** What the catalogue has for a call, at its start and by the length of its input. */
function applyEntry({ id, model }: CatalogueEntry, call: Priceable): AppliedPrice | null {
  const price = priceAt(model.prices, call.startedAt)
  if (!price) return null
  const tier = price.tiers?.findLast(({ aboveInputTokens }) => (call.inputTokens ?? 0) > aboveInputTokens)
  const { input = 0, output = 0, cachedInput, cacheWrite } = { ...price, ...tier }
  const rates: Rates = {
    inputNanos: toNanos(input),
    outputNanos: toNanos(output),
    cachedInputNanos: cachedInput === undefined ? null : toNanos(cachedInput),
    cacheWriteNanos: cacheWrite === undefined ? null : toNanos(cacheWrite),
    reasoningNanos: null,
  }
  const validFrom = price.validFrom === undefined ? null : Date.parse(price.validFrom)
  return { costConfigId: id, source: 'catalogue', validFrom, rates, currency: BASE_CURRENCY, exchangeRate: 1 }
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
