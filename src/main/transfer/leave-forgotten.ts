import type { AppEvent } from '../ingest/index.ts'
import { spanRequestId } from '../ingest/index.ts'
import type { NewCall } from '../store/call.ts'
import type { NewFeedback } from '../store/feedback.ts'

/** Whether something is to stay forgotten; without a request id it is something that a user did. */
export type IsForgotten = (what: {
  requestId: string | null
  userId: string | null
  startedAt: number
}) => boolean

interface Records {
  calls: NewCall[]
  events: AppEvent[]
  feedback: NewFeedback[]
}

/**
 * Leaves out of what was read what is to stay forgotten: calls, events of their spans, and what was said by forgotten users
 * or of their calls. What was said of a call that was forgotten by itself stays, as it does when that is forgotten.
 */
export function leaveForgotten(
  { calls, events, feedback }: Records,
  isForgotten: IsForgotten,
): Records & { forgotten: number } {
  const gone = new Set<string>()
  const ofForgottenUsers = new Set<string>()
  const isForgottenUser = (userId: string | null | undefined, startedAt: number) =>
    userId !== null && userId !== undefined && isForgotten({ requestId: null, userId, startedAt })
  for (const call of calls) {
    if (!isForgotten(call)) continue
    gone.add(call.requestId)
    if (isForgottenUser(call.userId, call.startedAt)) ofForgottenUsers.add(call.requestId)
  }
  return {
    calls: gone.size === 0 ? calls : calls.filter(({ requestId }) => !gone.has(requestId)),
    events:
      gone.size === 0
        ? events
        : events.filter(({ event }) => !gone.has(spanRequestId(event.trace_id, event.span_id))),
    feedback: feedback
      .filter(
        ({ requestId, userId, createdAt }) =>
          !ofForgottenUsers.has(requestId) && !isForgottenUser(userId, createdAt),
      )
      .map((of) =>
        of.triage && isForgottenUser(of.triage.assignee, of.createdAt)
          ? { ...of, triage: { ...of.triage, assignee: null } }
          : of,
      ),
    forgotten: gone.size,
  }
}
