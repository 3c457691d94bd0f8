import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { FeedbackRollup } from '../feedback-rollup.ts'
import type { Labelled, LabelSets } from '../label-sets.ts'
import type { Schema } from '../schema.ts'

/** Feedback on a call, as it stands in an archive. */
export interface FeedbackRow {
  id: string
  rating: number
  comment: string | null
  type: Schema['feedback']['type']
  /** JSON text of an array */
  tags: string | null
  userId: string | null
  source: Schema['feedback']['source']
  createdAt: number
  state: 'open' | 'resolved'
  resolvedAt: number | null
  note: string | null
  /** Absent from archives of before there were reviewers. */
  assignee?: string | null | undefined
  /** 1: written by hand in the console. */
  isOwn?: number | undefined
}

type JudgedCall = Labelled & { requestId: string; startedAt: number; userId: string | null }

/** Ties feedback to a call that has come back, and stores what is missing of it. Of the writer thread only. */
export class FeedbackRestorer {
  readonly #insert: SqliteDatabase.Statement
  readonly #link: SqliteDatabase.Statement<[number, string]>
  readonly #labelSets: LabelSets
  readonly #rollup: FeedbackRollup

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { labelSets, feedbackRollup }: { labelSets: LabelSets; feedbackRollup: FeedbackRollup },
  ) {
    this.#labelSets = labelSets
    this.#rollup = feedbackRollup
    // Feedback that waits for its call has no labels yet, and is linked as ever.
    const link = kysely
      .updateTable('feedback')
      .set({ app_log_id: 0 })
      .where('request_id', '=', '')
      .where('app_log_id', 'is', null)
      .where('label_set_id', 'is not', null)
    this.#link = sqlite.prepare(link.compile().sql)
    const insert = kysely
      .insertInto('feedback')
      .values(rowOf(EXAMPLE, '', 0, { filedAt: 0, labelSetId: 0, callUserId: '' }))
      .onConflict((conflict) => conflict.column('id').doNothing())
    this.#insert = sqlite.prepare(insert.compile().sql)
  }

  /** Inside the transaction that has stored the call. @returns how many were missing. */
  restore(call: JudgedCall, callId: number, feedback: readonly FeedbackRow[]): number {
    this.#link.run(callId, call.requestId)
    let restored = 0
    for (const row of feedback) {
      const place = {
        filedAt: call.startedAt,
        labelSetId: this.#labelSets.idOf(call),
        callUserId: call.userId,
      }
      const values = Object.values(rowOf(row, call.requestId, callId, place))
      if (this.#insert.run(...values).changes === 0) continue
      this.#rollup.add({ ...place, rating: row.rating, state: row.state })
      restored += 1
    }
    return restored
  }
}

function rowOf(
  feedback: FeedbackRow,
  requestId: string,
  callId: number,
  place: { filedAt: number; labelSetId: number; callUserId: string | null },
) {
  return {
    id: feedback.id,
    request_id: requestId,
    app_log_id: callId,
    rating: feedback.rating,
    comment: feedback.comment,
    type: feedback.type,
    tags: feedback.tags,
    user_id: feedback.userId,
    source: feedback.source,
    created_at: feedback.createdAt,
    state: feedback.state,
    resolved_at: feedback.resolvedAt,
    note: feedback.note,
    assignee: feedback.assignee ?? null,
    is_own: feedback.isOwn ?? 0,
    filed_at: place.filedAt,
    label_set_id: place.labelSetId,
    call_user_id: place.callUserId,
  }
}

/** Only its shape matters: it gives the compiled statement its columns, in the order of the row above. */
const EXAMPLE: FeedbackRow = {
  id: '',
  rating: 1,
  comment: null,
  type: null,
  tags: null,
  userId: null,
  source: null,
  createdAt: 0,
  state: 'open',
  resolvedAt: null,
  note: null,
}
