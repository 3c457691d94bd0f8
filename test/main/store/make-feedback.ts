import type { NewFeedback } from '../../../src/main/store/feedback.ts'

let made = 0

/** Feedback as small as can be stored, with an id of its own, changed as the test wants. */
export function makeFeedback(overrides: Partial<NewFeedback> = {}): NewFeedback {
  made += 1
  return {
    id: `feedback-${process.pid}-${made}`,
    requestId: `call-of-${made}`,
    rating: 5,
    comment: null,
    type: null,
    tags: [],
    userId: null,
    source: null,
    createdAt: 1_700_000_000_000,
    isOwn: false,
    ...overrides,
  }
}
