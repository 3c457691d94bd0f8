import type { CostConfig } from '#shared/contract/cost-configs.ts'
import { readNumber } from '../../format/read-number.ts'

/** What a million tokens of a kind cost, in the order that people are used to. */
export const RATES = [
  { field: 'inputPerMillion', label: 'costs.inputPerMillion', hint: 'costs.perMillion' },
  { field: 'outputPerMillion', label: 'costs.outputPerMillion', hint: 'costs.perMillion' },
  { field: 'cachedInputPerMillion', label: 'costs.cachedInputPerMillion', hint: 'costs.asInput' },
  { field: 'cacheWritePerMillion', label: 'costs.cacheWritePerMillion', hint: 'costs.asInput' },
  { field: 'reasoningPerMillion', label: 'costs.reasoningPerMillion', hint: 'costs.asOutput' },
] as const

type RateTexts = Record<(typeof RATES)[number]['field'], string>

/** A tier as it is written; the key tells it from others while rows come and go. */
export type TierForm = RateTexts & { key: number; aboveInputTokens: string }

/** A price as it is written. */
export interface PriceForm {
  model: string
  match: 'exact' | 'prefix'
  provider: string
  currency: string
  /** A day (UTC), or a moment, if the price has one; empty: always. */
  validFrom: string
  notes: string
  rates: RateTexts
  tiers: TierForm[]
}

/** @param given a price to change, or what a new one begins with. */
export function formOf(given: Partial<CostConfig>): PriceForm {
  return {
    model: given.model ?? '',
    match: given.match === 'prefix' ? 'prefix' : 'exact',
    provider: given.provider ?? '',
    currency: given.currency ?? 'USD',
    validFrom: dayOf(given.validFrom ?? 0),
    notes: given.notes ?? '',
    rates: textsOf(given),
    tiers: (given.tiers ?? []).map((tier, key) => ({
      key,
      aboveInputTokens: String(tier.aboveInputTokens),
      ...textsOf(tier),
    })),
  }
}

/** An empty tier behind the others. */
export function newTier(tiers: readonly TierForm[]): TierForm {
  return { key: Math.max(-1, ...tiers.map(({ key }) => key)) + 1, aboveInputTokens: '', ...textsOf({}) }
}

/** What the contract takes. What is no number becomes NaN: the contract says what is wrong. */
export function inputOf(form: PriceForm) {
  return {
    model: form.model.trim(),
    match: form.match,
    provider: form.provider.trim(),
    currency: form.currency.trim().toUpperCase(),
    validFrom: form.validFrom.trim() || 0,
    notes: form.notes.trim(),
    ...pricesOf(form.rates),
    tiers: form.tiers.map((tier) => ({
      aboveInputTokens: readNumber(tier.aboveInputTokens) ?? NaN,
      ...pricesOf(tier),
    })),
  }
}

function textsOf(prices: { [K in keyof RateTexts]?: number | null }): RateTexts {
  const textOf = (price: number | null | undefined) => price?.toString() ?? ''
  return {
    inputPerMillion: textOf(prices.inputPerMillion),
    outputPerMillion: textOf(prices.outputPerMillion),
    cachedInputPerMillion: textOf(prices.cachedInputPerMillion),
    cacheWritePerMillion: textOf(prices.cacheWritePerMillion),
    reasoningPerMillion: textOf(prices.reasoningPerMillion),
  }
}

function pricesOf(texts: RateTexts) {
  return {
    inputPerMillion: readNumber(texts.inputPerMillion) ?? NaN,
    outputPerMillion: readNumber(texts.outputPerMillion) ?? NaN,
    cachedInputPerMillion: readNumber(texts.cachedInputPerMillion),
    cacheWritePerMillion: readNumber(texts.cacheWritePerMillion),
    reasoningPerMillion: readNumber(texts.reasoningPerMillion),
  }
}

/** The day where it says all, else the moment: saving must not move it. */
function dayOf(epochMs: number): string {
  if (epochMs <= 0) return ''
  const iso = new Date(epochMs).toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso
}
