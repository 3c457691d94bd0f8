import type { Recalculated } from '#shared/contract/cost-configs.ts'
import type { CallPlace } from '../store/queries/list-calls.ts'
import type { CostChange } from '../store/reprice-calls.ts'
import type { Store } from '../store/store.ts'
import type { PriceBook } from './price-book.ts'

/** Calls that are priced anew with one transaction: few enough that those that come in do not wait for long. */
const CHUNK = 2_000

/**
 * Prices the calls that started in a range by today's prices. Costs that callers reported stay. Each chunk is committed
 * with its statistics, so it can be ended at any point, and done again.
 *
 * @yields after each chunk the time, epoch ms, up to which calls are done.
 * @returns what it has done, also where the signal ended it.
 */
export async function* recalculate(
  store: Pick<Store, 'ask' | 'repriceCalls'>,
  book: Pick<PriceBook, 'price'>,
  { from, to, dryRun }: { from: number; to: number; dryRun: boolean },
  signal?: AbortSignal,
): AsyncGenerator<{ upTo: number }, Recalculated> {
  const models = new Map<string | null, Omit<Recalculated['models'][number], 'model'>>()
  let after: CallPlace | undefined
  do {
    const calls = await store.ask('priceableCalls', { from, to, after, limit: CHUNK })
    const changes: CostChange[] = []
    for (const call of calls) {
      const isReported = call.costSource === 'reported'
      const priced = isReported ? null : book.price(call)
      const costNanos = isReported ? call.costNanos : (priced?.costNanos ?? null)
      const isChanged = costNanos !== call.costNanos
      if (isChanged) changes.push({ id: call.id, costNanos, costConfigId: priced?.costConfigId ?? null })
      const model = call.model ?? call.requestModel
      const sums = models.get(model) ?? { calls: 0, changed: 0, beforeNanos: 0, afterNanos: 0 }
      sums.calls += 1
      sums.changed += isChanged ? 1 : 0
      sums.beforeNanos += call.costNanos ?? 0
      sums.afterNanos += costNanos ?? 0
      models.set(model, sums)
    }
    if (!dryRun && changes.length > 0) await store.repriceCalls(changes)
    after = calls.length < CHUNK ? undefined : calls.at(-1)
    yield { upTo: after?.startedAt ?? to }
  } while (after && !signal?.aborted)
  const rows = [...models].map(([model, sums]) => ({ model, ...sums }))
  const total = (field: 'calls' | 'changed' | 'beforeNanos' | 'afterNanos') =>
    rows.reduce((sum, row) => sum + row[field], 0)
  return {
    calls: total('calls'),
    changed: total('changed'),
    beforeNanos: total('beforeNanos'),
    afterNanos: total('afterNanos'),
    models: rows.sort((a, b) => b.changed - a.changed || b.calls - a.calls),
  }
}
