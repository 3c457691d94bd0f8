import type { FeedbackStats } from '#shared/contract/feedback.ts'
import type { FeedbackCounts } from '../store/feedback-rollup.ts'
import type { Store } from '../store/store.ts'

type Counts = FeedbackCounts

/**
 * The ratings of a range in figures; without `from` or `to` there is no bound on that side.
 *
 * @param range epoch ms, `[from, to)`, of the start of the calls
 */
export async function feedbackStats(
  store: Pick<Store, 'ask'>,
  range: { from?: number | undefined; to?: number | undefined },
  labels: { app?: string | undefined; model?: string | undefined },
): Promise<FeedbackStats> {
  const { from = 0, to = LAST_TIME } = range
  const [counts] = await store.ask('feedbackStatistics', { from, to, time: 'call', labels, groupBy: null })
  return toStats(counts)
}

/** Of an ECMAScript date. */
const LAST_TIME = 8.64e15

/**
 * CSAT, as `satisfaction` in the contract describes it.
 *
 * @returns 0–1; null without ratings.
 */
export function satisfactionOf(counts: Counts | undefined): number | null {
  const { count, distribution } = toStats(counts)
  return count === 0 ? null : (distribution[4] + distribution[5]) / count
}

/** Counts by rating in figures. */
export function toStats(counts: Counts | undefined): FeedbackStats {
  const { rating_1 = 0, rating_2 = 0, rating_3 = 0, rating_4 = 0, rating_5 = 0, resolved = 0 } = counts ?? {}
  const distribution = { 1: rating_1, 2: rating_2, 3: rating_3, 4: rating_4, 5: rating_5 }
  const count = rating_1 + rating_2 + rating_3 + rating_4 + rating_5
  const total = rating_1 + 2 * rating_2 + 3 * rating_3 + 4 * rating_4 + 5 * rating_5
  const perFeedback = (sum: number) => (count === 0 ? null : sum / count)
  return { count, average: perFeedback(total), distribution, resolved, resolveRate: perFeedback(resolved) }
}
