import type { LocationQueryRaw } from 'vue-router'
import { rangeFromQuery, rangeToQuery } from '../../../composables/time-range.ts'
import { orderFrom, orderToQuery } from '../call-order.ts'
import { callQueryFrom, QUERY_FIELDS } from '../call-filters.ts'

/**
 * What a view keeps of the page's address: its range, filters and order, always in the same order, so that two views of the same
 * are the same text.
 */
export function viewAddress(query: Readonly<Record<string, unknown>>): string {
  const { outOf: _outOf, ...range } = rangeFromQuery(query)
  const asked = callQueryFrom(query)
  const kept = new URLSearchParams(rangeToQuery(range))
  for (const field of QUERY_FIELDS) {
    const value = asked[field]
    if (value !== undefined) kept.set(field, String(value))
  }
  for (const [name, value] of Object.entries(orderToQuery(orderFrom(query))))
    if (value !== undefined) kept.set(name, value)
  return kept.toString()
}

/** The address of a view, with its id beside it; what cannot be a range or a filter is left out. */
export function viewQuery({ id, address }: { id: string; address: string }): LocationQueryRaw {
  return { view: id, ...Object.fromEntries(new URLSearchParams(viewAddress(fieldsIn(address)))) }
}

function fieldsIn(address: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(address))
}
