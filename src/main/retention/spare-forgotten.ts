import type { ArchivedCall } from '../store/retention/archived-call.ts'

/** What tells whether something is to stay forgotten, in archives, too; without a request id: something a user did. */
export type IsForgotten = (what: {
  requestId: string | null
  userId: string | null
  startedAt: number
}) => boolean

/** @returns the call without what forgotten users said of it, as it is if there is nothing of theirs; null: forget all. */
export function spareForgotten(call: ArchivedCall, isForgotten: IsForgotten): ArchivedCall | null {
  if (isForgotten(call)) return null
  if (call.feedback.length === 0) return call
  const isNobody = (userId: string | null | undefined, startedAt: number) =>
    userId !== null && userId !== undefined && isForgotten({ requestId: null, userId, startedAt })
  const feedback = call.feedback
    .filter(({ userId, createdAt }) => !isNobody(userId, createdAt))
    .map((of) => (isNobody(of.assignee, of.createdAt) ? { ...of, assignee: null } : of))
  const isSame =
    feedback.length === call.feedback.length && feedback.every((of, index) => of === call.feedback[index])
  return isSame ? call : { ...call, feedback }
}
