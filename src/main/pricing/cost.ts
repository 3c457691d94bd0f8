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
interface TokenCounts {
  inputTokens: number | null
  outputTokens: number | null
  cachedInputTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
}

/** What a call cost, by what it was for. */
interface CostParts {
  input: bigint
  cachedInput: bigint
  cacheWrite: bigint
  output: bigint
  reasoning: bigint
}

const PER_MILLION = 1_000_000n

/** Prices are given in units; nine decimals of them are kept. */
export function toNanos(price: number): number {
  return Math.round(price * 1e9)
}

/**
 * Token counts times prices: every token is paid for once, as what it most specifically is.
 *
 * @returns parts in 1e-15 of the currency (1e-9 a million tokens), unrounded.
 */
function costParts(tokens: TokenCounts, rates: Rates): CostParts {
  const input = tokens.inputTokens ?? 0
  const output = tokens.outputTokens ?? 0
  // A part cannot be more than the whole, whatever was reported.
  const cached = Math.min(tokens.cachedInputTokens ?? 0, input)
  const written = Math.min(tokens.cacheWriteTokens ?? 0, input - cached)
  const reasoning = Math.min(tokens.reasoningTokens ?? 0, output)
  const times = (count: number, nanos: number) => BigInt(count) * BigInt(nanos)
  return {
    input: times(input - cached - written, rates.inputNanos),
    cachedInput: times(cached, rates.cachedInputNanos ?? rates.inputNanos),
    cacheWrite: times(written, rates.cacheWriteNanos ?? rates.inputNanos),
    output: times(output - reasoning, rates.outputNanos),
    reasoning: times(reasoning, rates.reasoningNanos ?? rates.outputNanos),
  }
}

/**
 * What a call costs in 1e-9 of the base currency: rounded once, half up, at the end.
 *
 * @param exchangeRate units of the base currency for one of the price's; nine decimals of it count.
 */
export function costNanos(tokens: TokenCounts, rates: Rates, exchangeRate = 1): number {
  const { input, cachedInput, cacheWrite, output, reasoning } = costParts(tokens, rates)
  const sum = (input + cachedInput + cacheWrite + output + reasoning) * BigInt(toNanos(exchangeRate))
  const divisor = PER_MILLION * 1_000_000_000n
  return Number((2n * sum + divisor) / (2n * divisor))
}
