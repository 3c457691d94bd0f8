import type { FeedbackCounters } from '#shared/contract/collector.ts'
import type { Feedback } from '#shared/contract/feedback.ts'
import type { CollectorEvents } from '../ingest/index.ts'
import { Tally } from '../ingest/index.ts'
import type { FeedbackChange, NewFeedback } from '../store/feedback.ts'
import type { Store } from '../store/store.ts'
import type { FeedbackProblem } from './read-feedback.ts'
import type { FeedbackReview } from './review.ts'
import { createFeedbackReview } from './review.ts'

/** Takes feedback in, and what becomes of it. */
export interface FeedbackKeeper {
  /**
   * Stores feedback and counts it. When the promise resolves it is committed.
   *
   * @throws ConsoleError what `Store.insertFeedback` throws.
   */
  submit(feedback: NewFeedback[]): Promise<void>
  /** Counts feedback that cannot be stored. */
  countRejected(problem: FeedbackProblem): void
  counters(): FeedbackCounters
  /**
   * @param note absent: the one it has stays.
   * @param at epoch ms; absent: now.
   * @returns the feedback as it is now, or undefined if there is none with this id.
   */
  resolve(id: string, note: string | undefined, at?: number): Promise<Feedback | undefined>
  reopen(id: string): Promise<Feedback | undefined>
  /** What reviewers do in the console. */
  review: FeedbackReview
}

/** Takes out what must not be stored. */
interface FeedbackScreen {
  redactFeedback: (feedback: NewFeedback) => NewFeedback
  redactText: (text: string) => string
}

export function createFeedback(
  store: Pick<Store, 'insertFeedback' | 'changeFeedback' | 'ask'> &
    Parameters<typeof createFeedbackReview>[0],
  events: Pick<CollectorEvents, 'announce'>,
  screen: FeedbackScreen = { redactFeedback: (feedback) => feedback, redactText: (text) => text },
): FeedbackKeeper {
  const counters = { accepted: 0, duplicates: 0 }
  const rejected = new Tally()
  const change = async (request: FeedbackChange) => {
    if (!(await store.changeFeedback(request))) return undefined
    events.announce('feedback', 1)
    return store.ask('getFeedback', { id: request.id })
  }
  const submit = async (feedback: NewFeedback[]) => {
    const duplicates = (await store.insertFeedback(feedback.map((given) => screen.redactFeedback(given))))
      .duplicateIndexes.length
    counters.accepted += feedback.length - duplicates
    counters.duplicates += duplicates
    events.announce('feedback', feedback.length - duplicates)
  }
  return {
    submit,
    countRejected({ path, reason }) {
      // The field's name is the schema's; what comes below it may be the sender's.
      const [field = ''] = path.split('.', 1)
      rejected.add(`${field} ${reason}`.trim())
    },
    counters: () => ({
      ...counters,
      rejected: rejected.total,
      rejectedByReason: rejected.toRecord(),
    }),
    resolve: (id, note, at = Date.now()) =>
      change({ id, state: 'resolved', note: note && screen.redactText(note), changedAt: at }),
    reopen: (id) => change({ id, state: 'open', changedAt: Date.now() }),
    review: createFeedbackReview(store, events, submit, screen),
  }
}
