import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Feedback } from '#shared/contract/feedback.ts'
import type { Schema } from '../schema.ts'

/** What feedback is narrowed down by, all of which must match; '' is having none. */
export interface FeedbackFilter {
  requestId?: string | undefined
  /** Id of the call. */
  logId?: number | undefined
  /** Who judged. */
  userId?: string | undefined
  /** epoch ms; feedback that came at or after it */
  from?: number | undefined
  /** epoch ms; feedback that came before it */
  to?: number | undefined
  minRating?: number | undefined
  maxRating?: number | undefined
  type?: NonNullable<Feedback['type']> | '' | undefined
  source?: NonNullable<Feedback['source']> | '' | undefined
  /** Labels of the call. */
  app?: string | undefined
  model?: string | undefined
  tag?: string | undefined
  assignee?: string | undefined
  /** A part of the comment or the note, taken literally. */
  q?: string | undefined
  state?: Feedback['state'] | undefined
}

/** Feedback's place in the order newest first. */
export interface FeedbackPlace {
  createdAt: number
  seq: number
}

/** By which index feedback is looked through, and what else it must be. */
export interface FeedbackSelection {
  /** All that the index finds, newest first. */
  scanned: ReturnType<typeof scan>
  /** Whether there is more to look at than what the index finds. */
  hasMore: boolean
  /** Narrows down a bounded part of `scanned`, joined with the labels of the calls. */
  matches: ReturnType<typeof matching>
}

/** Chooses the narrowest index that is in the order of the list; the rest is looked at one by one. */
export function selectFeedback(
  db: Kysely<Schema>,
  filter: FeedbackFilter,
  after?: FeedbackPlace,
): FeedbackSelection {
  const [indexed, ...others] = indexedFilters(filter)
  const { minRating, maxRating, type, source, app, model, tag, assignee, q } = filter
  const rest = [
    minRating,
    maxRating,
    type,
    source,
    app,
    model,
    tag,
    q,
    assignee === '' ? assignee : undefined,
  ]
  return {
    scanned: scan(db, filter, indexed, after),
    hasMore: others.length > 0 || rest.some((value) => value !== undefined),
    matches: matching(filter, others),
  }
}

type Indexed = [
  column: 'request_id' | 'app_log_id' | 'assignee' | 'user_id' | 'state',
  value: string | number,
]

/** The narrowest first: each has an index in the order of the list. */
function indexedFilters({ requestId, logId, assignee, userId, state }: FeedbackFilter): Indexed[] {
  const filters: [Indexed[0], Indexed[1] | undefined][] = [
    ['request_id', requestId],
    ['app_log_id', logId],
    // Nobody's is not in the index.
    ['assignee', assignee === '' ? undefined : assignee],
    ['user_id', userId],
    ['state', state],
  ]
  return filters.flatMap(([column, value]): Indexed[] => (value === undefined ? [] : [[column, value]]))
}

/** What is looked through, by the index of the filter, or by feedback_created_at. SQLite ends each of them with `seq`. */
function scan(
  db: Kysely<Schema>,
  { from, to }: FeedbackFilter,
  filter: Indexed | undefined,
  after: FeedbackPlace | undefined,
) {
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

/** @returns a condition over `feedback` and `label_set`. */
function matching(filter: FeedbackFilter, others: readonly Indexed[]) {
  const { minRating, maxRating, type, source, app, model, tag, assignee, q } = filter
  const parts = others.map(([column, value]) => sql<boolean>`${sql.ref(`feedback.${column}`)} = ${value}`)
  const among = (column: string, value: string | undefined) => {
    if (value === undefined) return
    const ref = sql.ref(column)
    parts.push(value === '' ? sql<boolean>`${ref} is null` : sql<boolean>`${ref} = ${value}`)
  }
  if (minRating !== undefined) parts.push(sql<boolean>`feedback.rating >= ${minRating}`)
  if (maxRating !== undefined) parts.push(sql<boolean>`feedback.rating <= ${maxRating}`)
  among('feedback.type', type)
  among('feedback.source', source)
  if (assignee === '') among('feedback.assignee', assignee)
  // A label set holds '' for what a call does not have.
  if (app !== undefined) parts.push(sql<boolean>`label_set.app = ${app}`)
  if (model !== undefined) parts.push(sql<boolean>`label_set.model = ${model}`)
  if (tag === '') parts.push(sql<boolean>`feedback.tags is null`)
  else if (tag !== undefined) {
    parts.push(sql<boolean>`exists (select 1 from json_each(feedback.tags) where json_each.value = ${tag})`)
  }
  if (q !== undefined && q !== '') {
    // Unlike LIKE, instr has no wildcards and does not end at a NUL.
    const within = (column: string) => sql`instr(lower(${sql.ref(column)}), lower(${q})) > 0`
    parts.push(sql<boolean>`(${within('feedback.comment')} or ${within('feedback.note')})`)
  }
  return parts.length === 0 ? sql<boolean>`1 = 1` : sql<boolean>`${sql.join(parts, sql` and `)}`
}
