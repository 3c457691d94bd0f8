import type { Kysely } from 'kysely'
import type { FeedbackBy } from '#shared/contract/feedback-review.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import type { FeedbackCounts } from '../feedback-rollup.ts'
import type { Schema } from '../schema.ts'
import { storedTexts } from '../stored-json.ts'
import type { FeedbackFilter } from './select-feedback.ts'
import { selectFeedback } from './select-feedback.ts'

export interface FeedbackAnalysisRequest {
  /** What is open and what is resolved count alike. */
  filter: Omit<FeedbackFilter, 'state'>
  /** Where buckets of time begin, epoch ms, ascending; the first at the range's start or before it. */
  starts: readonly number[]
}

/** Feedback that has one value; null: that has none. */
export type FeedbackGroupCounts = FeedbackCounts & { key: string | null }

export interface FeedbackCountsBy {
  /** Whether there is more than was looked through. */
  isPartial: boolean
  all: FeedbackCounts
  /** One a bucket. */
  buckets: FeedbackCounts[]
  by: Record<FeedbackBy, FeedbackGroupCounts[]>
}

/** Hostile apps may send a new tag each time: what comes after so many is not told apart. */
const DISTINCT_VALUES_MAX = 20_000

/**
 * Counts the newest feedback that matches, by when it came and by what it is about. What is asked for may be anything
 * that the list is narrowed down by, so this reads feedback and no rollups; it is rare, and a bounded number.
 *
 * @param scanLimit how many are looked through.
 */
export function analyseFeedback(
  { sqlite, kysely }: OpenDatabase,
  { filter, starts }: FeedbackAnalysisRequest,
  scanLimit: number = LIMITS.feedbackAnalysed,
): FeedbackCountsBy {
  const query = analysisQuery(kysely, filter, scanLimit).compile()
  const groups = {
    app: new Groups(),
    model: new Groups(),
    type: new Groups(),
    tag: new Groups(),
    source: new Groups(),
    assignee: new Groups(),
    user: new Groups(),
  } satisfies Record<FeedbackBy, Groups>
  const all = noCounts()
  const buckets = starts.map(noCounts)
  let bucket = starts.length - 1
  for (const row of sqlite.prepare<unknown[], Row>(query.sql).iterate(...query.parameters)) {
    count(all, row)
    // From the newest on.
    while (bucket > 0 && (starts[bucket] ?? 0) > row.createdAt) bucket -= 1
    const counts = buckets[bucket]
    if (counts) count(counts, row)
    for (const by of ['app', 'model', 'type', 'source', 'assignee', 'user'] as const)
      groups[by].add(row[by] || null, row)
    const tags = row.tags === null ? [null] : new Set(storedTexts(row.tags))
    for (const tag of tags) groups.tag.add(tag, row)
  }
  return {
    isPartial: hasMoreThan(kysely, sqlite, filter, scanLimit),
    all,
    buckets,
    by: {
      app: groups.app.largest(),
      model: groups.model.largest(),
      type: groups.type.largest(),
      tag: groups.tag.largest(),
      source: groups.source.largest(),
      assignee: groups.assignee.largest(),
      user: groups.user.largest(),
    },
  }
}

type Row = Record<Exclude<FeedbackBy, 'tag'>, string | null> & {
  rating: number
  state: 'open' | 'resolved'
  createdAt: number
  /** JSON */
  tags: string | null
}

function analysisQuery(db: Kysely<Schema>, filter: FeedbackFilter, scanLimit: number) {
  const { scanned, matches } = selectFeedback(db, filter)
  return (
    db
      .selectFrom(scanned.limit(scanLimit).as('feedback'))
      // By the primary key.
      .leftJoin('label_set', 'label_set.id', 'feedback.label_set_id')
      .select([
        'feedback.rating',
        'feedback.state',
        'feedback.created_at as createdAt',
        'label_set.app',
        'label_set.model',
        'feedback.type',
        'feedback.tags',
        'feedback.source',
        'feedback.assignee',
        'feedback.user_id as user',
      ])
      .where(matches)
      .orderBy('feedback.created_at', 'desc')
      .orderBy('feedback.seq', 'desc')
  )
}

/** Whether the index finds more than so many. */
export function hasMoreThan(
  db: Kysely<Schema>,
  sqlite: OpenDatabase['sqlite'],
  filter: FeedbackFilter,
  scanLimit: number,
): boolean {
  const { scanned } = selectFeedback(db, filter)
  const query = scanned.clearSelect().select('seq').limit(1).offset(scanLimit).compile()
  return sqlite.prepare(query.sql).get(...query.parameters) !== undefined
}

/** Counts by value, which may be anything. */
class Groups {
  readonly #counts = new Map<string | null, FeedbackCounts>()

  add(key: string | null, row: Row): void {
    const counts = this.#counts.get(key) ?? (this.#counts.size < DISTINCT_VALUES_MAX ? noCounts() : undefined)
    if (!counts) return
    count(counts, row)
    this.#counts.set(key, counts)
  }

  /** Most feedback first. */
  largest(): FeedbackGroupCounts[] {
    return [...this.#counts]
      .map(([key, counts]) => ({ key, ...counts }))
      .sort((a, b) => totalOf(b) - totalOf(a))
      .slice(0, LIMITS.feedbackGroups)
  }
}

const RATING_COUNTS = ['rating_1', 'rating_2', 'rating_3', 'rating_4', 'rating_5'] as const

function noCounts(): FeedbackCounts {
  return { rating_1: 0, rating_2: 0, rating_3: 0, rating_4: 0, rating_5: 0, resolved: 0 }
}

function count(counts: FeedbackCounts, { rating, state }: Pick<Row, 'rating' | 'state'>): void {
  const column = RATING_COUNTS[rating - 1]
  if (column) counts[column] += 1
  if (state === 'resolved') counts.resolved += 1
}

function totalOf(counts: FeedbackCounts): number {
  return RATING_COUNTS.reduce((sum, column) => sum + counts[column], 0)
}
