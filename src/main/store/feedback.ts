import type { Feedback } from '#shared/contract/feedback.ts'

/** Feedback ready to be stored. Null means that the sender did not say. */
export interface NewFeedback {
  id: string
  /** Of the call it is about, which may come later. */
  requestId: string
  /** 1 to 5 */
  rating: number
  comment: string | null
  type: Feedback['type']
  tags: string[]
  /** Who judges. */
  userId: string | null
  source: Feedback['source']
  /** epoch ms */
  createdAt: number
}

/** Another state of stored feedback. */
export interface FeedbackChange {
  id: string
  state: Feedback['state']
  /** Absent: the one it has stays. */
  note?: string | undefined
  /** epoch ms */
  changedAt: number
}
