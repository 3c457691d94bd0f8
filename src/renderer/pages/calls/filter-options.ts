import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { CallQuery } from '#shared/contract/call-query.ts'
import { client } from '../../client.ts'
import type { TimeSpan } from '../../composables/time-range.ts'
import type { CallFilter } from './call-filters.ts'
import { labelsOf } from './call-filters.ts'

/** A value that calls have, and how many; null: nothing counts these. */
export interface FilterValue {
  /** '': having none. */
  value: string
  requests: number | null
}

/** Texts that the calls of a list tell; of other fields one has to know them. */
const SEEN = new Map<string, (call: AppLogItem) => string | null>([
  ['sessionId', (call) => call.sessionId],
  ['operation', (call) => call.operation],
])
const SEEN_AT_MOST = 1_000

/**
 * The values to choose from. What is counted comes from the rollups: by time and labels, whatever else calls are narrowed
 * down by. What no rollup counts is never counted call by call; the values are those of the calls that were loaded.
 */
export async function loadValues(
  filter: CallFilter,
  query: CallQuery,
  span: TimeSpan,
  loaded: readonly AppLogItem[],
): Promise<FilterValue[]> {
  switch (filter.kind) {
    case 'range':
      return []
    case 'text': {
      const read = SEEN.get(filter.field)
      const seen = read ? loaded.slice(0, SEEN_AT_MOST).map(read) : []
      return [...new Set(seen)].flatMap((value) => (value === null ? [] : [{ value, requests: null }]))
    }
    case 'choice': {
      if (filter.field !== 'status') return filter.choices.map(({ value }) => ({ value, requests: null }))
      const { rows } = await client.monitoring.breakdown({ ...span, ...labelsOf(query), by: 'app' })
      const sum = (of: 'success' | 'errors') => rows.reduce((total, row) => total + row[of], 0)
      const counts = new Map([
        ['ok', sum('success')],
        ['error', sum('errors')],
      ])
      return filter.choices.map(({ value }) => ({ value, requests: counts.get(value) ?? null }))
    }
    case 'label': {
      const { [filter.field]: _own, ...others } = query
      const { rows } = await client.monitoring.breakdown({ ...span, ...labelsOf(others), by: filter.by })
      return rows.map(({ key, requests }) => ({ value: key ?? '', requests }))
    }
  }
}

/** Whether the values of a filter are counted. */
export function isCounted(filter: CallFilter): boolean {
  return filter.kind === 'label' || filter.id === 'status'
}
