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
