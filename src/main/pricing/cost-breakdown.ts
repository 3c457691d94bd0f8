import type { CostBreakdown } from '#shared/contract/app-logs.ts'
import type { Rates, TokenCounts } from './cost.ts'
import { costNanos, costParts } from './cost.ts'

/** A price as it holds for one call. */
export interface AppliedPrice {
  costConfigId: string
  source: 'user' | 'catalogue'
  /** epoch ms; null: for all time */
  validFrom: number | null
  rates: Rates
  currency: string
  /** Units of the base currency for one of the price's. */
  exchangeRate: number
}

/**
 * What a call costs by a price, part by part. Parts are not rounded, so that they say what they are of the sum, which is
 * rounded as the cost of a call is.
 */
export function breakDownCost(call: TokenCounts, price: AppliedPrice): CostBreakdown {
  const { costConfigId, source, validFrom, currency, exchangeRate, rates } = price
  const parts = costParts(call, rates).flatMap(({ part, tokens, perMillionNanos }) =>
    tokens === 0
      ? []
      : [
          {
            part,
            tokens,
            perMillion: perMillionNanos / 1e9,
            costNanos: (tokens * perMillionNanos * exchangeRate) / 1e6,
          },
        ],
  )
  return {
    costConfigId,
    source,
    validFrom,
    currency,
    exchangeRate,
    parts,
    costNanos: costNanos(call, rates, exchangeRate),
  }
}
