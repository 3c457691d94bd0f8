import type { RouteLocationRaw } from 'vue-router'
import type { CallQueryField } from '#shared/contract/call-query.ts'
import type { BreakdownBy } from '#shared/contract/monitoring.ts'
import type { LabelFilter } from './call-filter.ts'
import { FILTER_FIELDS } from './call-filter.ts'
import type { TimeRange, TimeSpan } from './time-range.ts'
import { rangeToQuery } from './time-range.ts'

/**
 * Leads from a number to the calls behind it.
 *
 * @param span when they were; a range that ends now stays one.
 * @param filters what they were narrowed down by, and what narrows them down to the number.
 */
export function callsLink(
  span: TimeRange | TimeSpan,
  ...filters: readonly (LabelFilter | { [Field in CallQueryField]?: string | undefined })[]
): RouteLocationRaw {
  const range = 'kind' in span ? span : { kind: 'custom' as const, ...span }
  const { outOf: _outOf, ...times } = rangeToQuery(range)
  return { name: 'calls', query: Object.assign({}, times, ...filters) as Record<string, string> }
}

/** What narrows calls down to the row of a breakdown. */
export function rowFilter(by: BreakdownBy, key: string | null): { [Field in CallQueryField]?: string } {
  const field = by === 'errorType' ? 'errorType' : FILTER_FIELDS.find((one) => one.by === by)?.field
  return field ? { [field]: key ?? '' } : {}
}
