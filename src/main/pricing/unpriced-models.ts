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
 * those that have one, whose calls came before it or do not say what they used, as failed ones mostly do not.
 */
export function unpricedModels(
  rows: readonly UnpricedCalls[],
  book: Pick<PriceBook, 'price'>,
  at: number,
): UnpricedModel[] {
  return rows
    .map(({ model, provider, calls }): UnpricedModel => {
      const named = { model: model || null, provider: provider || null }
      if (named.model === null) return { ...named, calls, reason: 'no-model' }
      const price = book.price({ ...SOME_USE, ...named, requestModel: null, startedAt: at })
      return { ...named, calls, reason: price === null ? 'no-price' : 'has-price' }
    })
    .sort((a, b) => Number(b.reason === 'no-price') - Number(a.reason === 'no-price') || b.calls - a.calls)
}
