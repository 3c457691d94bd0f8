import type { FeedbackAnalysis, FeedbackBy } from '#shared/contract/feedback-review.ts'
import type { FeedbackCountsBy } from '../store/queries/analyse-feedback.ts'
import { toStats } from './figures.ts'

/** Feedback that was counted, in figures. */
export function analysisOf(
  { isPartial, all, buckets, by }: FeedbackCountsBy,
  { bucketMs, starts }: { bucketMs: number; starts: readonly number[] },
): FeedbackAnalysis {
  const groups = (name: FeedbackBy) => by[name].map(({ key, ...counts }) => ({ key, ...toStats(counts) }))
  return {
    isPartial,
    stats: toStats(all),
    bucketMs,
    trend: starts.map((t, index) => ({ t, ...toStats(buckets[index]) })),
    by: {
      app: groups('app'),
      model: groups('model'),
      type: groups('type'),
      tag: groups('tag'),
      source: groups('source'),
      assignee: groups('assignee'),
      user: groups('user'),
    },
  }
}
