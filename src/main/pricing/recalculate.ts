import type { Recalculated, RecalculationProgress } from '#shared/contract/cost-configs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { CallPlace } from '../store/queries/call-places.ts'
import type { CostChange } from '../store/reprice-calls.ts'
import type { Store } from '../store/store.ts'
import type { PriceBook } from './price-book.ts'
import { priceCall } from './price-book.ts'

/** Calls that are priced anew with one transaction: few enough that those that come in do not wait for long. */
const CHUNK = 2_000

const UNPRICED = { costNanos: null, costSource: null, costConfigId: null }

/**
 * Prices the calls that started in a range by today's prices. Costs that callers reported stay; those that had no exchange
 * rate when they came are taken over by today's. Each chunk is committed with its statistics, so it can be ended at any
 * point, and done again.
 *
 * @yields after each chunk how far it is; calls that come in meanwhile may make the total a little more.
 * @returns what it has done, also where the signal ended it.
 */
export async function* recalculate(
  store: Pick<Store, 'ask' | 'repriceCalls'>,
  book: Pick<PriceBook, 'price' | 'exchangeRate'>,
  { from, to, dryRun }: { from: number; to: number; dryRun: boolean },
  signal?: AbortSignal,
): AsyncGenerator<RecalculationProgress, Recalculated> {
  const [inRange] = await store.ask('sumCosts', { from, to, scopes: [{}] })
  const total = inRange?.requests ?? 0
  const sums = { calls: 0, changed: 0, beforeNanos: 0, afterNanos: 0 }
  const models = new Map<string | null, typeof sums>()
  let after: CallPlace | undefined
  do {
    const calls = await store.ask('priceableCalls', { from, to, after, limit: CHUNK })
    const changes: CostChange[] = []
    for (const call of calls) {
      const isReported = call.costSource === 'reported'
      const { costNanos, costConfigId } = isReported ? call : priceCall({ ...call, ...UNPRICED }, book)
      const isChanged = costNanos !== call.costNanos
      // Another price may give the same cost: calls say by which they were priced.
      if (isChanged || costConfigId !== call.costConfigId)
        changes.push({ id: call.id, costNanos, costConfigId })
      const model = call.model ?? call.requestModel
      let ofModel = models.get(model)
      if (!ofModel) models.set(model, (ofModel = { calls: 0, changed: 0, beforeNanos: 0, afterNanos: 0 }))
      for (const sum of [sums, ofModel]) {
        sum.calls += 1
        sum.changed += isChanged ? 1 : 0
        sum.beforeNanos += call.costNanos ?? 0
        sum.afterNanos += costNanos ?? 0
      }
    }
    if (!dryRun && changes.length > 0) await store.repriceCalls(changes)
    after = calls.length < CHUNK ? undefined : calls.at(-1)
    yield { done: sums.calls, total: Math.max(total, sums.calls), changed: sums.changed }
  } while (after && !signal?.aborted)
  const rows = [...models].map(([model, ofModel]) => ({ model, ...ofModel }))
  return {
    ...sums,
    models: rows.sort((a, b) => b.changed - a.changed || b.calls - a.calls).slice(0, LIMITS.pageSize),
  }
}
