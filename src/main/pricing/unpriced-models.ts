import type { UnpricedModel } from '#shared/contract/cost-configs.ts'
import type { UnpricedCalls } from '../store/queries/unpriced-calls.ts'
import type { PriceBook } from './price-book.ts'

/** A call of the model that says what it used. */
const SOME_USE = {
  inputTokens: 1,
  outputTokens: 1,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
}

/**
 * Which models have calls without a cost: first those that have no price at `at`, epoch ms, whom a price would help, then
 * those whose calls do not say what they used, as failed ones mostly do not.
 */
export function unpricedModels(
  rows: readonly UnpricedCalls[],
  book: Pick<PriceBook, 'price'>,
  at: number,
): UnpricedModel[] {
  return rows
    .map(({ model, provider, calls }): UnpricedModel => {
      const named = { model: model || null, provider: provider || null }
      const hasNoPrice =
        named.model !== null &&
        book.price({ ...SOME_USE, ...named, requestModel: null, startedAt: at }) === null
      return { ...named, calls, reason: hasNoPrice ? 'no-price' : 'no-tokens' }
    })
    .sort((a, b) => Number(a.reason === 'no-tokens') - Number(b.reason === 'no-tokens') || b.calls - a.calls)
}
