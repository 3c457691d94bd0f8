import type { Kysely, Selectable } from 'kysely'
import type { Feedback } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Label } from '../label-sets.ts'
import { LABELS } from '../label-sets.ts'
import type { Schema } from '../schema.ts'
import { storedTexts } from '../stored-json.ts'
import type { FeedbackFilter, FeedbackPlace } from './select-feedback.ts'
import { selectFeedback } from './select-feedback.ts'

export interface FeedbackListRequest extends FeedbackFilter {
  /** What is open before what is resolved, each newest first; absent: newest first. */
  order?: 'newest' | 'openFirst' | undefined
  limit: number
  /** Where the page before ended. */
  after?: QueuePlace | undefined
}

/** A place in a list; in one that has what is open first, also in which part it is. */
export type QueuePlace = FeedbackPlace & { state?: Feedback['state'] | undefined }

export interface FeedbackPage {
  items: Feedback[]
  /** Where this page ended; null: there is nothing behind it. */
  end: QueuePlace | null
}

/** Before anything. */
const START: FeedbackPlace = { createdAt: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER }

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
  const { order, state, after, limit } = request
  if (order !== 'openFirst' || state !== undefined) return listNewest(db, request, scanLimit)
  const part = (name: Feedback['state'], from: FeedbackPlace | undefined, count: number) =>
    listNewest(db, { ...request, state: name, after: from, limit: count }, scanLimit)
  const open: FeedbackPage =
    after?.state === 'resolved' ? { items: [], end: null } : await part('open', after, limit)
  if (open.end) return { items: open.items, end: { ...open.end, state: 'open' } }
  // What is open ends here: what is resolved fills the page.
  const start = after?.state === 'resolved' ? after : START
  const rest = await part('resolved', start, Math.max(1, limit - open.items.length))
  if (open.items.length === limit) {
    const hasRest = rest.items.length > 0 || rest.end !== null
    return { items: open.items, end: hasRest ? { ...START, state: 'resolved' } : null }
  }
  return { items: [...open.items, ...rest.items], end: rest.end && { ...rest.end, state: 'resolved' } }
}

async function listNewest(
  db: Kysely<Schema>,
  { after, limit, ...filter }: FeedbackListRequest,
  scanLimit: number,
): Promise<FeedbackPage> {
  const { scanned, hasMore, matches } = selectFeedback(db, filter, after)
  const depth = hasMore ? scanLimit : limit + 1
  const rows = await db
    .selectFrom(scanned.limit(depth).as('feedback'))
    // By the primary key.
    .leftJoin('label_set', 'label_set.id', 'feedback.label_set_id')
    .selectAll('feedback')
    .select(LABELS)
    .where(matches)
    .orderBy('created_at', 'desc')
    .orderBy('seq', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
    .execute()
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

type Row = Selectable<Schema['feedback']> & Record<Label, string | null>

function toFeedback(row: Row): Feedback {
  return {
    id: row.id,
    requestId: row.request_id,
    logId: row.app_log_id,
    rating: row.rating,
    comment: row.comment,
    type: row.type,
    tags: row.tags === null ? [] : storedTexts(row.tags),
    userId: row.user_id,
    source: row.source,
    createdAt: row.created_at,
    state: row.state,
    resolvedAt: row.resolved_at,
    note: row.note,
    assignee: row.assignee,
    isOwn: row.is_own === 1,
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
