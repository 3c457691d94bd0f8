import type { CostBreakdown } from '#shared/contract/app-logs.ts'

/** Prices per million tokens, as whole 1e-9 of a currency, so that sums are exact. */
export interface Rates {
  inputNanos: number
  outputNanos: number
  /** Null: as other input. */
  cachedInputNanos: number | null
  /** Null: as other input. */
  cacheWriteNanos: number | null
  /** Null: as other output. */
  reasoningNanos: number | null
}

/** Tokens as a call has them: input includes cached and cache-write tokens, output includes reasoning. */
export interface TokenCounts {
  inputTokens: number | null
  outputTokens: number | null
  cachedInputTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
}

/** Tokens of a call that have one price. */
interface CostPart {
  part: CostBreakdown['parts'][number]['part']
  tokens: number
  /** Of a million tokens, 1e-9 of the currency. */
  perMillionNanos: number
}

const PER_MILLION = 1_000_000n

/** Prices are given in units; nine decimals of them are kept. */
export function toNanos(price: number): number {
  return Math.round(price * 1e9)
}

/** What a call is paid for: every token once, as what it most specifically is. */
export function costParts(tokens: TokenCounts, rates: Rates): CostPart[] {
  const input = tokens.inputTokens ?? 0
  const output = tokens.outputTokens ?? 0
  // A part cannot be more than the whole, whatever was reported.
  const cached = Math.min(tokens.cachedInputTokens ?? 0, input)
  const written = Math.min(tokens.cacheWriteTokens ?? 0, input - cached)
  const reasoning = Math.min(tokens.reasoningTokens ?? 0, output)
  const { inputNanos, outputNanos } = rates
  return [
    { part: 'input', tokens: input - cached - written, perMillionNanos: inputNanos },
    { part: 'cachedInput', tokens: cached, perMillionNanos: rates.cachedInputNanos ?? inputNanos },
    { part: 'cacheWrite', tokens: written, perMillionNanos: rates.cacheWriteNanos ?? inputNanos },
    { part: 'output', tokens: output - reasoning, perMillionNanos: outputNanos },
    { part: 'reasoning', tokens: reasoning, perMillionNanos: rates.reasoningNanos ?? outputNanos },
  ]
}

/**
 * What a call costs in 1e-9 of the base currency: rounded once, half up, at the end.
 *
 * @param exchangeRate units of the base currency for one of the price's; nine decimals of it count.
 */
export function costNanos(tokens: TokenCounts, rates: Rates, exchangeRate = 1): number {
  // Tokens times prices are in 1e-15 of the currency: 1e-9 a million tokens.
  const sum = costParts(tokens, rates).reduce(
    (total, part) => total + BigInt(part.tokens) * BigInt(part.perMillionNanos),
    0n,
  )
  const scaled = sum * BigInt(toNanos(exchangeRate))
  const divisor = PER_MILLION * 1_000_000_000n
  return Number((2n * scaled + divisor) / (2n * divisor))
}
