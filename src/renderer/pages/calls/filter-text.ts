import type { CallQuery } from '#shared/contract/call-query.ts'
import type { Formatters } from '../../format/formatters.ts'
import { BASE_CURRENCY } from './base-currency.ts'
import type { CallFilter } from './call-filters.ts'
import { CALL_FILTERS, fieldsOf } from './call-filters.ts'

/** A filter that is on, and what it says. */
export interface ActiveFilter {
  filter: CallFilter
  /** Null: calls that have none. */
  text: string | null
  /** The text is a name from outside. */
  isName: boolean
}

/** The filters of a query, in the order of the menu. */
export function activeFilters(
  query: CallQuery,
  format: Formatters,
  t: (key: string) => string,
): ActiveFilter[] {
  return CALL_FILTERS.filter((filter) => fieldsOf(filter).some((field) => query[field] !== undefined)).map(
    (filter): ActiveFilter => {
      if (filter.kind === 'range') return { filter, text: rangeText(filter, query, format), isName: false }
      const value = String(query[filter.field])
      if (filter.kind === 'choice') {
        const choice = filter.choices.find((one) => one.value === value)
        return { filter, text: choice ? t(choice.label) : value, isName: false }
      }
      return { filter, text: value === '' ? null : value, isName: true }
    },
  )
}

function rangeText(
  { min, max, unit }: Extract<CallFilter, { kind: 'range' }>,
  query: CallQuery,
  format: Formatters,
): string {
  const [from, to] = [query[min], query[max]].map((value) => {
    if (typeof value !== 'number') return undefined
    return unit === 'ms' ? format.plainDuration(value) : format.price(value, BASE_CURRENCY)
  })
  if (from === undefined) return `≤ ${to}`
  return to === undefined ? `≥ ${from}` : `${from} – ${to}`
}
