import type { RebuildProgress } from '#shared/contract/monitoring.ts'
import type { Store } from '../store/store.ts'

/**
 * Makes everything that statistics are read from anew from the calls, a day at a time: each day is right before and
 * after, calls go on coming in, and it may be ended at any time.
 */
export async function* rebuildRollups(
  store: Pick<Store, 'rollupDays' | 'rebuildDay' | 'clearFollowing' | 'followCalls'>,
  signal?: AbortSignal,
): AsyncGenerator<RebuildProgress> {
  const days = await store.rollupDays()
  await store.clearFollowing()
  yield { done: 0, total: days.length }
  let left = await store.followCalls()
  const leftAtFirst = left
  for (const [index, day] of days.entries()) {
    if (signal?.aborted) return
    await store.rebuildDay(day)
    // What follows the calls keeps pace, so that the last day is the end of both.
    const leftAfter = leftAtFirst * (1 - (index + 1) / days.length)
    while (left > leftAfter && !signal?.aborted) left = await store.followCalls()
    yield { done: index + 1, total: days.length }
  }
}
