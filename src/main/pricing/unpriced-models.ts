import type { UnpricedModel } from '#shared/contract/cost-configs.ts'
import type { BreakdownRow } from '#shared/contract/monitoring.ts'
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
  rows: readonly BreakdownRow[],
  book: Pick<PriceBook, 'price'>,
  at: number,
): UnpricedModel[] {
  return rows
    .filter(({ unpricedRequests }) => unpricedRequests > 0)
    .map(({ key, unpricedRequests }): UnpricedModel => {
      const hasNoPrice =
        key !== null &&
        book.price({ ...SOME_USE, provider: null, model: key, requestModel: null, startedAt: at }) === null
      return { model: key, calls: unpricedRequests, reason: hasNoPrice ? 'no-price' : 'no-tokens' }
    })
    .sort((a, b) => Number(a.reason === 'no-tokens') - Number(b.reason === 'no-tokens') || b.calls - a.calls)
}
