import type { CallSort } from '#shared/contract/app-logs.ts'

/** How the list is sorted, where that is not by start. */
export interface CallOrder {
  sort: CallSort
  order: 'asc' | 'desc'
}

const SORTS: readonly CallSort[] = ['duration', 'cost', 'tokens']

/** What a column can be sorted by, if it can. */
export function sortOf(columnId: string): CallSort | undefined {
  return SORTS.find((sort) => sort === columnId)
}

/** Reads the order from an address; undefined: by start. */
export function orderFrom(address: Readonly<Record<string, unknown>>): CallOrder | undefined {
  const sort = typeof address['sort'] === 'string' ? sortOf(address['sort']) : undefined
  return sort && { sort, order: address['order'] === 'asc' ? 'asc' : 'desc' }
}

/** As it stands in an address: what goes without saying is left out. */
export function orderToQuery(order: CallOrder | undefined): {
  sort: CallSort | undefined
  order: 'asc' | undefined
} {
  return { sort: order?.sort, order: order?.order === 'asc' ? 'asc' : undefined }
}

/** What a press on a column's name leads to: the greatest first, then the least, then by start again. */
export function nextOrder(order: CallOrder | undefined, sort: CallSort): CallOrder | undefined {
  if (order?.sort !== sort) return { sort, order: 'desc' }
  return order.order === 'desc' ? { sort, order: 'asc' } : undefined
}
