import type { AppLogItem, CallSort } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { hasConditions } from './call-conditions.ts'
import type { CallPlace } from './call-places.ts'
import type { CallListRequest } from './list-calls.ts'
import { labelsOf, listCalls } from './list-calls.ts'
import { topCalls } from './top-calls.ts'

/** Where a page of sorted calls ended. */
export interface SortedPlace {
  /** What it is sorted by there; null: it does not tell. */
  value: number | null
  /** `app_log.id` */
  id: number
  /** The newest call of those that are sorted: what came since does not mix with them. */
  newest: CallPlace
}

export interface SortRequest extends Omit<CallListRequest, 'after'> {
  sort: CallSort
  order: 'asc' | 'desc'
  after?: SortedPlace | undefined
}

export interface SortedPage {
  items: AppLogItem[]
  /** Null: there is nothing behind it. */
  end: SortedPlace | null
  /** `all`: of every call that is asked for; `newest`: of so many of them; `greatest`: these, of all, are the first. */
  among: 'all' | 'newest' | 'greatest'
  /** How many calls were sorted. */
  count: number
  /** Of `newest`: epoch ms, calls that started before were not looked at. */
  lookedThroughTo: number | null
}

/**
 * Calls by how long they took, what they cost or how many tokens they have; of equal ones the last that were stored, and
 * at the end, in either order, those that do not tell it. A bounded number of calls is sorted: all that are asked for, if
 * they are no more; else the greatest of all, where what follows the calls knows them; else the newest.
 *
 * @param most how many calls are sorted.
 */
export function sortCalls(
  database: OpenDatabase,
  request: SortRequest,
  most: number = request.q === undefined ? LIMITS.callsSorted : LIMITS.foundCallsSorted,
): SortedPage {
  // One transaction, so that tables and calls are of the same moment.
  return database.sqlite.transaction(() => readPage(database, request, most)).deferred()
}

function readPage(database: OpenDatabase, request: SortRequest, most: number): SortedPage {
  const { after, sort, order, limit, ...wanted } = request
  const page = listCalls(database, {
    ...wanted,
    limit: most,
    ...(after && { after: { startedAt: after.newest.startedAt, id: after.newest.id + 1 } }),
  })
  if (page.end !== null && after === undefined) {
    const greatest = greatestOf(database, request)
    if (greatest) {
      const { length } = greatest
      return { items: greatest, end: null, among: 'greatest', count: length, lookedThroughTo: null }
    }
  }
  const [first] = page.items
  const newest = after?.newest ?? (first ? { startedAt: first.startedAt, id: first.id } : null)
  const ranked = page.items
    .map((item) => ({ item, value: valueOf(item, sort), id: item.id }))
    .filter((one) => !after || compare(one, after, order) > 0)
    .sort((a, b) => compare(a, b, order))
  const shown = ranked.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ item }) => item),
    end: newest && last && ranked.length > limit ? { value: last.value, id: last.id, newest } : null,
    among: page.end === null ? 'all' : 'newest',
    count: page.items.length,
    lookedThroughTo: page.end?.startedAt ?? null,
  }
}

/** Those of all that are asked for, which may be any number. @returns undefined: nothing knows them. */
function greatestOf(database: OpenDatabase, request: SortRequest): AppLogItem[] | undefined {
  const { sort, order, userId, status, sessionId, minDurationMs, maxDurationMs, q } = request
  if (order === 'asc' || sort === 'tokens' || hasConditions(request)) return undefined
  if ([status, sessionId, minDurationMs, maxDurationMs, q].some((narrowed) => narrowed !== undefined))
    return undefined
  const { from = LIMITS.earliestStart, to = Number.MAX_SAFE_INTEGER } = request
  const labels = labelsOf(request)
  const found = topCalls(database, { from, to, labels, userId, by: sort, limit: LIMITS.topCalls })
  // Fewer tell it than there would be room for: those that do not are wanted, too.
  return found.length < LIMITS.topCalls ? undefined : found
}

interface Ranked {
  value: number | null
  id: number
}

function compare(a: Ranked, b: Ranked, order: 'asc' | 'desc'): number {
  if (a.value === null || b.value === null)
    return Number(a.value === null) - Number(b.value === null) || b.id - a.id
  return (order === 'asc' ? a.value - b.value : b.value - a.value) || b.id - a.id
}

function valueOf(call: AppLogItem, sort: CallSort): number | null {
  // In whole microseconds, as they are stored.
  if (sort === 'duration') return call.durationMs === null ? null : Math.round(call.durationMs * 1_000)
  if (sort === 'cost') return call.costNanos
  const { inputTokens, outputTokens, totalTokens } = call
  if (totalTokens !== null) return totalTokens
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0)
}
