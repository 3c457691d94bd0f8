import { v7 as timeOrderedId } from 'uuid'
import type { ParsedFeedback } from '#shared/contract/feedback.ts'
import { feedbackInputSchema } from '#shared/contract/feedback.ts'
import type { NewFeedback } from '../store/feedback.ts'

/** Where feedback cannot be read, and why; no value is repeated. */
export interface FeedbackProblem {
  path: string
  reason: string
}

export type FeedbackReading =
  { ok: true; feedback: NewFeedback } | { ok: false; problems: [FeedbackProblem, ...FeedbackProblem[]] }

/**
 * Reads feedback as an app sends it.
 *
 * @param value as JSON.parse gives it.
 * @param createdAt epoch ms.
 */
export function readFeedback(value: unknown, createdAt: number): FeedbackReading {
  const parsed = feedbackInputSchema.safeParse(value)
  if (parsed.success) return { ok: true, feedback: toFeedback(parsed.data, createdAt) }
  const [first, ...others] = parsed.error.issues.map(({ path, message }) => ({
    path: path.map(String).join('.'),
    reason: message,
  }))
  return { ok: false, problems: [first ?? { path: '', reason: 'is not feedback' }, ...others] }
}

function toFeedback(input: ParsedFeedback, createdAt: number): NewFeedback {
  return {
    id: wellFormed(input.id) ?? timeOrderedId({ msecs: createdAt }),
    // As the request ids of calls are, or it would not find its call.
    requestId: input.requestId.toWellFormed(),
    rating: input.rating,
    comment: wellFormed(input.comment),
    type: input.type ?? null,
    tags: (input.tags ?? []).map((tag) => tag.toWellFormed()),
    userId: wellFormed(input.userId),
    source: input.source ?? null,
    createdAt,
    isOwn: false,
  }
}

/** Without halves of surrogate pairs, which no database takes. An empty text says as little as an absent one. */
function wellFormed(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.toWellFormed()
}
