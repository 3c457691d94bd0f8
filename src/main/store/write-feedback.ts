import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { BatchResult } from './commit-together.ts'
import { commitTogether } from './commit-together.ts'
import type { FeedbackChange, NewFeedback } from './feedback.ts'
import type { CountableFeedback, FeedbackRollup } from './feedback-rollup.ts'
import { COUNTABLE_COLUMNS } from './feedback-rollup.ts'
import type { Labelled, LabelSets } from './label-sets.ts'
import type { RequestIds } from './request-ids.ts'
import type { NewFeedbackRow, Schema } from './schema.ts'

/** What became of a batch of feedback. */
export interface FeedbackOutcome {
  /** Positions in the batch of the feedback whose id was stored before. */
  duplicateIndexes: number[]
}

/** What feedback takes from its call. */
type JudgedCall = Labelled & { startedAt: number; userId: string | null }

/**
 * Stores feedback and ties it to its call, whichever comes first. Feedback takes the call's labels and start with it, so
 * that it can be counted without the call. Used by the writer thread only.
 */
export class FeedbackWriter {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSets: LabelSets
  readonly #rollup: FeedbackRollup
  readonly #requestIds: RequestIds
  readonly #insertAll: SqliteDatabase.Transaction<
    (batches: readonly (readonly NewFeedback[])[]) => FeedbackOutcome[]
  >
  readonly #change: SqliteDatabase.Transaction<(change: FeedbackChange) => boolean>
  /**
   * Request ids that feedback waits for: nearly all calls are told by it that there is nothing to link. It may hold ids
   * that nothing waits for, and lacks none. Null: they are too many, and every call is looked up.
   */
  #waiting: Set<string> | null
  readonly #waitingRequestIds: number
  /** Ids that the open transaction has linked. */
  #linked: string[] = []

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    parts: {
      labelSets: LabelSets
      feedbackRollup: FeedbackRollup
      requestIds: RequestIds
      waitingRequestIds: number
    },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#labelSets = parts.labelSets
    this.#rollup = parts.feedbackRollup
    this.#requestIds = parts.requestIds
    this.#waitingRequestIds = parts.waitingRequestIds
    const ids = this.#statements.waitingIds.all(this.#waitingRequestIds + 1)
    this.#waiting =
      ids.length > this.#waitingRequestIds ? null : new Set(ids.map(({ requestId }) => requestId))
    this.#insertAll = sqlite.transaction((batches) => batches.map((batch) => this.#insertBatch(batch)))
    this.#change = sqlite.transaction((change) => this.#apply(change))
  }

  /** Stores all batches in one transaction, or, if that fails, each by itself. @returns a result per batch. */
  insert(batches: readonly (readonly NewFeedback[])[]): BatchResult<FeedbackOutcome>[] {
    return commitTogether(batches, (some) => this.#attempt(some))
  }

  /** Changes the state of feedback. @returns whether there is any with this id. */
  change(change: FeedbackChange): boolean {
    return this.#change.immediate(change)
  }

  /** Ties the feedback that waits for a call to it; the open transaction has inserted the call. */
  link(call: JudgedCall & { requestId: string }, callId: number): void {
    if (this.#waiting !== null && !this.#waiting.has(call.requestId)) return
    const waiting = this.#statements.waiting.all(call.requestId)
    if (waiting.length === 0) return
    const place = this.#placeAt(call)
    for (const feedback of waiting) {
      const linked = { ...feedback, ...place }
      this.#rollup.add(feedback, -1)
      this.#statements.link.run(callId, place.filedAt, place.labelSetId, place.callUserId, feedback.seq)
      this.#rollup.add(linked)
    }
    this.#linked.push(call.requestId)
  }

  /** The transaction in which calls were linked was committed. */
  committed(): void {
    for (const requestId of this.#linked) this.#waiting?.delete(requestId)
    this.#linked = []
  }

  /** It was rolled back. */
  discard(): void {
    this.#linked = []
  }

  #attempt(batches: readonly (readonly NewFeedback[])[]): BatchResult<FeedbackOutcome>[] {
    try {
      return this.#insertAll.immediate(batches).map((outcome) => ({ ok: true, outcome }))
    } catch (error) {
      // Those that it had made are gone with it.
      this.#labelSets.forget()
      return batches.map(() => ({ ok: false, error }))
    }
  }

  #insertBatch(batch: readonly NewFeedback[]): FeedbackOutcome {
    const duplicateIndexes: number[] = []
    batch.forEach((feedback, index) => {
      const callId = this.#requestIds.find(feedback.requestId)
      const call = callId === undefined ? undefined : this.#statements.call.get(callId)
      const place = call
        ? this.#placeAt(call)
        : { filedAt: feedback.createdAt, labelSetId: null, callUserId: null }
      const row = feedbackRow(feedback, call?.id ?? null, place)
      if (this.#statements.insert.run(...Object.values(row)).changes === 0) {
        duplicateIndexes.push(index)
        return
      }
      this.#rollup.add({ ...place, rating: feedback.rating, state: row.state })
      if (!call) this.#await(feedback.requestId)
    })
    return { duplicateIndexes }
  }

  #placeAt(call: JudgedCall) {
    return {
      filedAt: call.startedAt,
      labelSetId: this.#labelSets.idOf(call),
      callUserId: call.userId,
    }
  }

  #await(requestId: string): void {
    this.#waiting?.add(requestId)
    if (this.#waiting !== null && this.#waiting.size > this.#waitingRequestIds) this.#waiting = null
  }

  #apply({ id, state, note, changedAt }: FeedbackChange): boolean {
    const feedback = this.#statements.find.get(id)
    if (!feedback) return false
    const isSame = feedback.state === state
    const resolvedAt = state === 'open' ? null : isSame ? feedback.resolvedAt : changedAt
    this.#statements.update.run(state, resolvedAt, note ?? feedback.note, feedback.seq)
    if (!isSame) {
      this.#rollup.add(feedback, -1)
      this.#rollup.add({ ...feedback, state })
    }
    return true
  }
}

type Place = Pick<CountableFeedback, 'filedAt' | 'labelSetId' | 'callUserId'>

function feedbackRow(feedback: NewFeedback, callId: number | null, place: Place): NewFeedbackRow {
  return {
    id: feedback.id,
    request_id: feedback.requestId,
    app_log_id: callId,
    rating: feedback.rating,
    comment: feedback.comment,
    type: feedback.type,
    tags: feedback.tags.length === 0 ? null : JSON.stringify(feedback.tags),
    user_id: feedback.userId,
    source: feedback.source,
    created_at: feedback.createdAt,
    state: feedback.triage?.state ?? 'open',
    resolved_at: feedback.triage?.resolvedAt ?? null,
    note: feedback.triage?.note ?? null,
    assignee: feedback.triage?.assignee ?? null,
    filed_at: place.filedAt,
    label_set_id: place.labelSetId,
    call_user_id: place.callUserId,
    is_own: feedback.isOwn ? 1 : 0,
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const insert = kysely
    .insertInto('feedback')
    .values(feedbackRow(EXAMPLE, null, { filedAt: 0, labelSetId: null, callUserId: null }))
    .onConflict((conflict) => conflict.column('id').doNothing())
  // By the primary key.
  const call = kysely
    .selectFrom('app_log')
    .select([
      'id',
      'user_id as userId',
      'app',
      'app_type as appType',
      'provider',
      'model',
      'request_model as requestModel',
      'environment',
      'status',
      'error_type as errorType',
      'started_at as startedAt',
    ])
    .where('id', '=', 0)
  // By feedback_waiting.
  const waiting = kysely
    .selectFrom('feedback')
    .select(['seq', ...COUNTABLE_COLUMNS])
    .where('request_id', '=', '')
    .where('label_set_id', 'is', null)
  const waitingIds = kysely
    .selectFrom('feedback')
    .select('request_id as requestId')
    .distinct()
    .where('label_set_id', 'is', null)
    .limit(0)
  const link = kysely
    .updateTable('feedback')
    .set({ app_log_id: 0, filed_at: 0, label_set_id: 0, call_user_id: '' })
    .where('seq', '=', 0)
  // By the unique index on id.
  const find = kysely
    .selectFrom('feedback')
    .select(['seq', 'resolved_at as resolvedAt', 'note', ...COUNTABLE_COLUMNS])
    .where('id', '=', '')
  const update = kysely
    .updateTable('feedback')
    .set({ state: 'open', resolved_at: 0, note: '' })
    .where('seq', '=', 0)
  type Found = CountableFeedback & { seq: number; resolvedAt: number | null; note: string | null }
  return {
    insert: sqlite.prepare(insert.compile().sql),
    call: sqlite.prepare<[number], JudgedCall & { id: number }>(call.compile().sql),
    waiting: sqlite.prepare<[string], CountableFeedback & { seq: number }>(waiting.compile().sql),
    waitingIds: sqlite.prepare<[number], { requestId: string }>(waitingIds.compile().sql),
    link: sqlite.prepare<[number, number, number, string | null, number]>(link.compile().sql),
    find: sqlite.prepare<[string], Found>(find.compile().sql),
    update: sqlite.prepare<[string, number | null, string | null, number]>(update.compile().sql),
  }
}

/** Only its shape matters: it gives the compiled statement its columns, in the order of the row above. */
const EXAMPLE: NewFeedback = {
  id: '',
  requestId: '',
  rating: 1,
  comment: null,
  type: null,
  tags: [],
  userId: null,
  source: null,
  createdAt: 0,
  isOwn: false,
}
