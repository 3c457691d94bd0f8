import { ORPCError } from '@orpc/server'
import type { Bucket } from '#shared/contract/monitoring.ts'
import type { FeedbackReview } from './feedback/index.ts'
import { analysisOf } from './feedback/index.ts'
import { os } from './implementer.ts'
import { cutIntoBuckets } from './monitoring/index.ts'
import type { OwnFeedbackProblem } from './store/feedback.ts'
import type { Store } from './store/store.ts'

const { analysis, words, reviewers, triage, restore, give, update, remove } = os.feedback

/** Implements the contract of what reviewers do with feedback. */
export function feedbackReviewProcedures(store: Pick<Store, 'ask'>, review: FeedbackReview) {
  return {
    analysis: analysis.handler(async ({ input: { timeZone = systemTimeZone(), ...filter } }) => {
      const buckets = cutIntoBuckets(filter, bucketFor(filter), timeZone)
      return analysisOf(await store.ask('analyseFeedback', { filter, starts: buckets.starts }), buckets)
    }),
    words: words.handler(({ input }) => store.ask('commentWords', { filter: input })),
    reviewers: reviewers.handler(async () => ({ names: await store.ask('readReviewers', null) })),
    triage: triage.handler(async ({ input }) => {
      const outcome = await review.triage(input)
      return { changed: outcome.before.length, ...outcome }
    }),
    restore: restore.handler(({ input }) => review.restore(input.items)),
    give: give.handler(async ({ input }) => {
      const given = await review.give(input)
      if (!given) throw ownError('not-found')
      return given
    }),
    update: update.handler(async ({ input: { id, ...input } }) => {
      const changed = await review.update(id, input)
      if (typeof changed === 'string') throw ownError(changed)
      return changed
    }),
    remove: remove.handler(async ({ input }) => {
      const problem = await review.remove(input.id)
      if (problem) throw ownError(problem)
    }),
  }
}

const OWN_PROBLEMS: Record<OwnFeedbackProblem, { code: 'NOT_FOUND' | 'CONFLICT'; message: string }> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no feedback with this id.' },
  'not-own': {
    code: 'CONFLICT',
    message: 'Only feedback that was written by hand in the console can be changed or deleted.',
  },
}

function ownError(problem: OwnFeedbackProblem): ORPCError<string, unknown> {
  const { code, message } = OWN_PROBLEMS[problem]
  return new ORPCError(code, { message })
}

/** Feedback is rare beside calls: its bars stand for longer times. */
function bucketFor({ from, to }: { from: number; to: number }): Bucket {
  const days = (to - from) / 86_400_000
  if (days <= 0.25 || days > 400) return 'auto'
  return days <= 7 ? 'hour' : 'day'
}

/** Where the user's days begin. */
function systemTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
