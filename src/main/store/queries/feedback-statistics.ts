import type { AliasedSelectQueryBuilder, Compilable, Kysely } from 'kysely'
import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import type { FeedbackCounts } from '../feedback-rollup.ts'
import { FEEDBACK_BY_USER_LEVEL, FEEDBACK_COUNTS, feedbackLevelOf } from '../feedback-rollup.ts'
import type { Label } from '../label-sets.ts'
import { readRows } from '../read-rows.ts'
import { DAY_MS } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { RangePart } from './cover-range.ts'
import { coverRange } from './cover-range.ts'
import { lastAtOrBefore } from './last-at-or-before.ts'

export interface FeedbackStatisticsRequest {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /**
   * When feedback counts: at the start of its call (until the call has come, when it came itself), as statistics of
   * calls do; or when it came, so that what is late is not missed.
   */
  time: 'call' | 'arrival'
  /** Labels of the calls that must match, any of several values; an absent one matches all. */
  labels: Partial<Record<Label, string | readonly string[] | undefined>>
  /** Users of the calls. */
  userId?: string | readonly string[] | undefined
  /** Counts for each value of a label of the calls; null: all together. */
  groupBy: Label | 'user' | null
  /** Where buckets begin, epoch ms, ascending, the first at `from` or before; absent: one for the whole range. */
  edges?: readonly number[] | undefined
}

/** How feedback rated the calls of one group. */
export interface FeedbackStatistics extends FeedbackCounts {
  /** The value of the label that was grouped by; '' where a call has none, and without groups. */
  key: string
  /** Start of the bucket, epoch ms; `from` when there is one bucket. */
  t: number
}

/**
 * Counts feedback by rating. Feedback whose call has not come has no labels and no user: it counts only where none are
 * asked for. By the start of the calls the work grows with buckets, label sets and users; by arrival, and for the calls
 * of given users, with the feedback of the range.
 *
 * @returns the groups and buckets that have feedback, in no particular order.
 */
export function feedbackStatistics(
  { sqlite, kysely }: OpenDatabase,
  request: FeedbackStatisticsRequest,
): FeedbackStatistics[] {
  const groups = new Map<string, FeedbackStatistics>()
  const { from, edges } = request
  // One transaction, so that rollups and feedback are of the same moment.
  const read = sqlite.transaction(() => {
    for (const part of partsOf(request)) {
      const query = groupQuery(kysely, request, part)
      for (const row of readRows<FeedbackStatistics>(sqlite, query)) {
        const t = edges ? lastAtOrBefore(edges, Math.max(row.t, from)) : from
        const id = `${t}/${row.key}`
        const group = groups.get(id)
        if (group) for (const count of FEEDBACK_COUNTS) group[count] += row[count]
        else groups.set(id, { ...row, t })
      }
    }
  })
  read.deferred()
  return [...groups.values()]
}

/** A part of the range and the rollups that answer it; without any it is read from the feedback itself. */
type Part = Pick<RangePart, 'from' | 'to'> & { level: number | null }

function partsOf({ from, to, time, userId, groupBy, edges = [from] }: FeedbackStatisticsRequest): Part[] {
  if (time === 'arrival' || userId !== undefined) return [{ from, to, level: null }]
  // By user, there are rollups of days only.
  const parts =
    groupBy === 'user' ? coverRange({ from, to }, edges, [DAY_MS]) : coverRange({ from, to }, edges)
  return parts.map(({ source, ...part }) => {
    if (source === 'calls') return { ...part, level: null }
    return { ...part, level: groupBy === 'user' ? FEEDBACK_BY_USER_LEVEL : feedbackLevelOf(source) }
  })
}

type Counted = AliasedSelectQueryBuilder<
  FeedbackCounts & { t: number; label_set_id: number | null; call_user_id: string | null },
  'counted'
>

function groupQuery(
  db: Kysely<Schema>,
  { time, labels, userId, groupBy, edges }: FeedbackStatisticsRequest,
  part: Part,
): Compilable {
  const { level } = part
  const counted = level === null ? fromFeedback(db, part, time) : fromRollup(db, { ...part, level })
  let query = db
    .selectFrom(counted)
    .select((eb) => FEEDBACK_COUNTS.map((count) => eb.fn.sum<number>(`counted.${count}`).as(count)))
    .select((eb) => (edges ? eb.ref('counted.t') : eb.lit(0)).as('t'))
    .$if(edges !== undefined, (grouped) => grouped.groupBy('counted.t'))
  const wanted = Object.entries(labels).filter(([, value]) => value !== undefined)
  if (wanted.length > 0) {
    const sets = wanted.reduce(
      (some, [label, value]) => some.where(label as Label, 'in', [value ?? ''].flat()),
      db.selectFrom('label_set').select('id'),
    )
    query = query.where('counted.label_set_id', 'in', sets)
  }
  if (userId !== undefined) query = query.where('counted.call_user_id', 'in', [userId].flat())
  // Without a group there is one row, of nulls if there is no feedback.
  if (groupBy === null) return query.select(sql.lit('').as('key')).having((eb) => eb.fn.countAll(), '>', 0)
  if (groupBy === 'user') {
    return query
      .select('counted.call_user_id as key')
      .where('counted.call_user_id', 'is not', null)
      .groupBy('counted.call_user_id')
  }
  // By the primary key.
  return query
    .innerJoin('label_set', 'label_set.id', 'counted.label_set_id')
    .select(`label_set.${groupBy} as key`)
    .groupBy(`label_set.${groupBy}`)
}

/** By the primary key. */
function fromRollup(db: Kysely<Schema>, { from, to, level }: Part & { level: number }): Counted {
  return db
    .selectFrom('feedback_rollup')
    .select(['bucket_start as t', 'label_set_id', 'call_user_id', ...FEEDBACK_COUNTS])
    .where('level', '=', level)
    .where('bucket_start', '>=', from)
    .where('bucket_start', '<', to)
    .as('counted')
}

/** By feedback_filed_at or feedback_call_user, which hold all of it; by arrival, by feedback_created_at. */
function fromFeedback(
  db: Kysely<Schema>,
  { from, to }: Part,
  time: FeedbackStatisticsRequest['time'],
): Counted {
  const column = time === 'call' ? 'filed_at' : 'created_at'
  return (
    db
      .selectFrom('feedback')
      .select([`${column} as t`, 'label_set_id'])
      // The unary plus keeps SQLite from the index by user, which is not in the order of arrival.
      .select(sql<string | null>`${sql.raw(time === 'call' ? '' : '+')}call_user_id`.as('call_user_id'))
      .select((eb) =>
        RATINGS.map((rating) => eb('rating', '=', rating).$castTo<number>().as(`rating_${rating}`)),
      )
      .select((eb) => eb('state', '=', 'resolved').$castTo<number>().as('resolved'))
      .where(column, '>=', from)
      .where(column, '<', to)
      .as('counted')
  )
}

const RATINGS = [1, 2, 3, 4, 5] as const
