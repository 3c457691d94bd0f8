import type { Kysely, Selectable } from 'kysely'
import type { Feedback } from '#shared/contract/feedback.ts'
import { feedbackSchema } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Label } from '../label-sets.ts'
import { LABELS } from '../label-sets.ts'
import type { Schema } from '../schema.ts'

const { tags: tagsSchema } = feedbackSchema.shape

export interface FeedbackListRequest {
  requestId?: string | undefined
  /** Id of the call. */
  logId?: number | undefined
  /** Who judged. */
  userId?: string | undefined
  /** epoch ms; feedback that came at or after it */
  from?: number | undefined
  /** epoch ms; feedback that came before it */
  to?: number | undefined
  state?: Feedback['state'] | undefined
  limit: number
  /** Where the page before ended. */
  after?: FeedbackPlace | undefined
}

export interface FeedbackPage {
  items: Feedback[]
  /** Where this page ended; null: there is nothing behind it. */
  end: FeedbackPlace | null
}

/** Feedback's place in the order newest first. */
export interface FeedbackPlace {
  createdAt: number
  seq: number
}

/**
 * Feedback by when it came, newest first. Looks through a bounded number, however few of them are what is asked for: a
 * page may be short, even empty, and not the last.
 *
 * @param scanLimit how many are looked through.
 */
export async function listFeedback(
  db: Kysely<Schema>,
  request: FeedbackListRequest,
  scanLimit: number = LIMITS.feedbackScannedPerPage,
): Promise<FeedbackPage> {
  const { limit } = request
  const [indexed, ...others] = filtersOf(request)
  const depth = others.length > 0 ? scanLimit : limit + 1
  const scanned = scan(db, request, indexed)
  let query = db
    .selectFrom(scanned.limit(depth).as('feedback'))
    // By the primary key.
    .leftJoin('label_set', 'label_set.id', 'feedback.label_set_id')
    .selectAll('feedback')
    .select(LABELS)
    .orderBy('created_at', 'desc')
    .orderBy('seq', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
  for (const [column, value] of others) query = query.where(column, '=', value)
  const rows = await query.execute()
  const items = rows.slice(0, limit).map(toFeedback)
  const last = rows[limit - 1]
  if (rows.length > limit && last) return { items, end: { createdAt: last.created_at, seq: last.seq } }
  const bound = await scanned
    .clearSelect()
    .select(['created_at as createdAt', 'seq'])
    .limit(1)
    .offset(depth - 1)
    .executeTakeFirst()
  return { items, end: bound ?? null }
}

/** @returns the feedback with this id, or undefined. */
export async function getFeedback(db: Kysely<Schema>, { id }: { id: string }): Promise<Feedback | undefined> {
  // By the unique index on id.
  const row = await db
    .selectFrom('feedback')
    .leftJoin('label_set', 'label_set.id', 'feedback.label_set_id')
    .selectAll('feedback')
    .select(LABELS)
    .where('feedback.id', '=', id)
    .executeTakeFirst()
  return row && toFeedback(row)
}

type Filter = [column: 'request_id' | 'app_log_id' | 'user_id' | 'state', value: string | number]

/** The narrowest first: each has an index in the order of the list. */
function filtersOf({ requestId, logId, userId, state }: FeedbackListRequest): Filter[] {
  const filters: [Filter[0], Filter[1] | undefined][] = [
    ['request_id', requestId],
    ['app_log_id', logId],
    ['user_id', userId],
    ['state', state],
  ]
  return filters.flatMap(([column, value]): Filter[] => (value === undefined ? [] : [[column, value]]))
}

/** What is looked through, by the index of the filter, or by feedback_created_at. SQLite ends each of them with `seq`. */
function scan(db: Kysely<Schema>, { from, to, after }: FeedbackListRequest, filter: Filter | undefined) {
  let query = db.selectFrom('feedback').selectAll().orderBy('created_at', 'desc').orderBy('seq', 'desc')
  if (filter) query = query.where(filter[0], '=', filter[1])
  if (from !== undefined) query = query.where('created_at', '>=', from)
  if (to !== undefined) query = query.where('created_at', '<', to)
  if (after) {
    query = query.where((eb) =>
      eb(eb.refTuple('created_at', 'seq'), '<', eb.tuple(after.createdAt, after.seq)),
    )
  }
  return query
}

type Row = Selectable<Schema['feedback']> & Record<Label, string | null>

function toFeedback(row: Row): Feedback {
  return {
    id: row.id,
    requestId: row.request_id,
    logId: row.app_log_id,
    rating: row.rating,
    comment: row.comment,
    type: row.type,
    tags: row.tags === null ? [] : tagsSchema.parse(JSON.parse(row.tags)),
    userId: row.user_id,
    source: row.source,
    createdAt: row.created_at,
    state: row.state,
    resolvedAt: row.resolved_at,
    note: row.note,
    call: row.app === null ? null : { ...callOf(row), app: row.app },
  }
}

/** A label set holds '' for what a call does not have. */
function callOf(row: Row) {
  return {
    appType: row.app_type || null,
    provider: row.provider || null,
    model: row.model || null,
    environment: row.environment || null,
    errorType: row.error_type || null,
    userId: row.call_user_id,
    startedAt: row.filed_at,
  }
}
