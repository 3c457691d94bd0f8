import type { RebuildProgress } from '#shared/contract/monitoring.ts'
import type { Store } from '../store/store.ts'

/**
 * Makes everything that statistics are read from anew from the calls, a day at a time: each day is right before and
 * after, calls go on coming in, and it may be ended at any time.
 */
export async function* rebuildRollups(
  store: Pick<Store, 'rollupDays' | 'rebuildDay' | 'clearUserIndex'>,
  signal?: AbortSignal,
): AsyncGenerator<RebuildProgress> {
  const days = await store.rollupDays()
  await store.clearUserIndex()
  yield { done: 0, total: days.length }
  for (const [index, day] of days.entries()) {
    if (signal?.aborted) return
    await store.rebuildDay(day)
    yield { done: index + 1, total: days.length }
  }
}
