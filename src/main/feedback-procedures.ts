import { ORPCError } from '@orpc/server'
import type { Feedback } from '#shared/contract/feedback.ts'
import { readPlace, writePlace } from './cursor.ts'
import type { FeedbackKeeper } from './feedback/index.ts'
import { feedbackStats } from './feedback/index.ts'
import { os } from './implementer.ts'
import { feedbackReviewProcedures } from './feedback-review-procedures.ts'
import type { QueuePlace } from './store/queries/list-feedback.ts'
import type { Store } from './store/store.ts'

const { list, stats, get, resolve, reopen } = os.feedback

/** Implements the contract of feedback. */
export function feedbackProcedures(store: Pick<Store, 'ask'>, feedback: FeedbackKeeper) {
  return {
    list: list.handler(async ({ input: { cursor, ...filter } }) => {
      const after = cursor === undefined ? undefined : readFeedbackPlace(cursor)
      const { items, end } = await store.ask('listFeedback', { ...filter, after })
      return { items, nextCursor: end && writeFeedbackPlace(end) }
    }),
    stats: stats.handler(({ input: { app, model, ...range } }) =>
      feedbackStats(store, range, { app, model }),
    ),
    get: get.handler(async ({ input }) => orThrow(await store.ask('getFeedback', input))),
    resolve: resolve.handler(async ({ input }) => orThrow(await feedback.resolve(input.id, input.note))),
    reopen: reopen.handler(async ({ input }) => orThrow(await feedback.reopen(input.id))),
    ...feedbackReviewProcedures(store, feedback.review),
  }
}

/** `o` and `r`: among what is open, or resolved, of a list that has what is open first. */
function writeFeedbackPlace({ createdAt, seq, state }: QueuePlace): string {
  const part = state === undefined ? '' : `${state.slice(0, 1)}.`
  return writePlace(`${part}${createdAt}.${seq}`)
}

function readFeedbackPlace(cursor: string): QueuePlace {
  const [part = '', createdAt, seq] = readPlace(cursor, /^(o\.|r\.|)(\d{1,16})\.(\d{1,16})$/)
  const state = part === '' ? undefined : part === 'o.' ? 'open' : 'resolved'
  return { createdAt: Number(createdAt), seq: Number(seq), state }
}

function orThrow(feedback: Feedback | undefined): Feedback {
  if (feedback) return feedback
  throw new ORPCError('NOT_FOUND', { message: 'There is no feedback with this id.' })
}
