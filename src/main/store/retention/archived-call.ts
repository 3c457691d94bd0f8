import type { NewCall } from '../call.ts'
import type { FeedbackRow } from './restore-feedback.ts'

/** All that is stored of a call, as it stands in an archive. */
export interface ArchivedCall extends NewCall {
  /** `app_log.id`, in the database that it was archived from. */
  id: number
  /** Whether this span or one below it carries usage: `app_log.has_usage_below`. */
  usageBelow: number
  /** Events of its span that came apart from it. */
  events: { digest: string; timeNs: string; name: string; attributes: string }[]
  feedback: FeedbackRow[]
}

/** What an archive holds, by kind. */
export interface ArchiveCounts {
  calls: number
  /** Parts of traces that are not counted as calls. */
  steps: number
  /** Calls and steps with a prompt or a response. */
  texts: number
  feedback: number
  events: number
}

/** Sums over the calls, without steps. */
export interface ArchiveTotals {
  inputTokens: number
  outputTokens: number
  totalTokens: number
  costNanos: number
}

/** Adds a call to what an archive says of itself. */
export function tally(call: ArchivedCall, counts: ArchiveCounts, totals: ArchiveTotals): void {
  if (call.prompt !== null || call.response !== null) counts.texts += 1
  counts.feedback += call.feedback.length
  counts.events += call.events.length
  if (call.isStep) {
    counts.steps += 1
    return
  }
  counts.calls += 1
  totals.inputTokens += call.inputTokens ?? 0
  totals.outputTokens += call.outputTokens ?? 0
  totals.totalTokens += call.totalTokens ?? 0
  totals.costNanos += call.costNanos ?? 0
}

export function emptyCounts(): ArchiveCounts {
  return { calls: 0, steps: 0, texts: 0, feedback: 0, events: 0 }
}

export function emptyTotals(): ArchiveTotals {
  return { inputTokens: 0, outputTokens: 0, totalTokens: 0, costNanos: 0 }
}
