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
  /** Written by hand in the console. */
  isOwn: boolean
  /** What became of it elsewhere; absent: it is open. */
  triage?: Pick<Feedback, 'state' | 'resolvedAt' | 'note' | 'assignee'> | undefined
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

/** What becomes of feedback while people work on it. */
export type TriageState = Pick<Feedback, 'id' | 'state' | 'resolvedAt' | 'note' | 'tags' | 'assignee'>

/** What feedback is brought back to; what is absent stays as it is. */
export type RestoredState = { [Field in keyof TriageState]?: TriageState[Field] | undefined } & {
  id: string
}

/** The same change of much feedback; what is absent stays as it is. */
export interface TriageRequest {
  ids: readonly string[]
  state?: Feedback['state'] | undefined
  note?: string | undefined
  addTags?: readonly string[] | undefined
  removeTags?: readonly string[] | undefined
  /** Null: nobody. */
  assignee?: string | null | undefined
  /** epoch ms */
  changedAt: number
}

export interface TriageOutcome {
  /** What it was like before, of all that has changed. */
  before: TriageState[]
  notFound: string[]
  /** Those that would have more tags than feedback may have; they are as they were. */
  tooManyTags: string[]
}

/** What a reviewer says anew in feedback of their own. */
export type OwnFeedbackChange = Pick<
  NewFeedback,
  'id' | 'rating' | 'comment' | 'type' | 'tags' | 'userId'
> & {
  /** epoch ms */
  changedAt: number
}

export type OwnFeedbackProblem = 'not-found' | 'not-own'
