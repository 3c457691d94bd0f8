import type { Feedback, FeedbackInput } from '#shared/contract/feedback.ts'
import type { CollectorEvents } from '../ingest/index.ts'
import type {
  NewFeedback,
  OwnFeedbackProblem,
  RestoredState,
  TriageOutcome,
  TriageRequest,
} from '../store/feedback.ts'
import type { Store } from '../store/store.ts'
import { readFeedback } from './read-feedback.ts'

/** What people say and do in the console: they judge calls by hand, and work on what others said. */
export interface FeedbackReview {
  /** @returns the feedback as it is stored, that of the same id if there is one. */
  give(input: FeedbackInput): Promise<Feedback | undefined>
  update(id: string, input: Omit<FeedbackInput, 'id' | 'requestId'>): Promise<Feedback | OwnFeedbackProblem>
  /** @returns why it is still there, or null. */
  remove(id: string): Promise<OwnFeedbackProblem | null>
  /** Changes much feedback alike. */
  triage(request: Omit<TriageRequest, 'changedAt'>): Promise<TriageOutcome>
  /** Takes a triage back. */
  restore(items: readonly RestoredState[]): Promise<void>
}

/** Calls that arrive meanwhile are stored between two of these: each is a transaction of some milliseconds. */
const CHANGED_TOGETHER = 500

export function createFeedbackReview(
  store: Pick<
    Store,
    | 'triageFeedback'
    | 'restoreFeedback'
    | 'updateOwnFeedback'
    | 'removeOwnFeedback'
    | 'rememberReviewer'
    | 'ask'
  >,
  events: Pick<CollectorEvents, 'announce'>,
  submit: (feedback: NewFeedback[]) => Promise<void>,
  screen: {
    redactFeedback: (feedback: NewFeedback) => NewFeedback
    redactText: (text: string) => string
  },
): FeedbackReview {
  return {
    async give(input) {
      const now = Date.now()
      const own = ownFeedback(input, now)
      await submit([own])
      if (own.userId !== null) await store.rememberReviewer(own.userId, now)
      return store.ask('getFeedback', { id: own.id })
    },
    async update(id, input) {
      const changedAt = Date.now()
      const own = screen.redactFeedback(ownFeedback({ ...input, requestId: id }, changedAt))
      const { rating, comment, type, tags, userId } = own
      const problem = await store.updateOwnFeedback({ id, rating, comment, type, tags, userId, changedAt })
      if (problem) return problem
      events.announce('feedback', 1)
      return (await store.ask('getFeedback', { id })) ?? 'not-found'
    },
    async remove(id) {
      const problem = await store.removeOwnFeedback(id)
      if (problem === null) events.announce('feedback', 1)
      return problem
    },
    async triage({ ids, ...changes }) {
      const changedAt = Date.now()
      const request = { ...changes, ...wellFormed(changes, screen.redactText), changedAt }
      const all: TriageOutcome = { before: [], notFound: [], tooManyTags: [] }
      for (const some of inChunks([...new Set(ids)])) {
        const outcome = await store.triageFeedback({ ...request, ids: some })
        all.before.push(...outcome.before)
        all.notFound.push(...outcome.notFound)
        all.tooManyTags.push(...outcome.tooManyTags)
        events.announce('feedback', outcome.before.length)
      }
      return all
    },
    async restore(items) {
      for (const some of inChunks(items)) {
        await store.restoreFeedback(some)
        events.announce('feedback', some.length)
      }
    },
  }
}

/** @throws TypeError for what the contract does not let through. */
function ownFeedback(input: FeedbackInput, createdAt: number): NewFeedback {
  const reading = readFeedback({ ...input, source: 'reviewer' }, createdAt)
  if (!reading.ok) throw new TypeError(`feedback ${reading.problems[0].reason}`)
  return { ...reading.feedback, isOwn: true }
}

/** Without halves of surrogate pairs, which no database takes, and without secrets. */
function wellFormed(
  { note, addTags, removeTags, assignee }: Omit<TriageRequest, 'ids' | 'changedAt'>,
  redact: (text: string) => string,
) {
  return {
    note: note === undefined ? undefined : redact(note.toWellFormed()),
    addTags: addTags?.map((tag) => redact(tag.toWellFormed())),
    removeTags: removeTags?.map((tag) => tag.toWellFormed()),
    assignee: assignee?.trim().toWellFormed() ?? assignee,
  }
}

function inChunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHANGED_TOGETHER) }, (_, index) =>
    items.slice(index * CHANGED_TOGETHER, (index + 1) * CHANGED_TOGETHER),
  )
}
