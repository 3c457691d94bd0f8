import { expect, test } from 'vitest'
import type { CallOrder } from '../../../../src/renderer/pages/calls/call-order.ts'
import {
  nextOrder,
  orderFrom,
  orderToQuery,
  sortOf,
} from '../../../../src/renderer/pages/calls/call-order.ts'

test('a press sorts by the greatest first, the next by the least, and the third by start again', () => {
  const first = nextOrder(undefined, 'duration')
  expect(first).toEqual({ sort: 'duration', order: 'desc' })
  const second = nextOrder(first, 'duration')
  expect(second).toEqual({ sort: 'duration', order: 'asc' })
  expect(nextOrder(second, 'duration')).toBeUndefined()
  expect(nextOrder(second, 'cost')).toEqual({ sort: 'cost', order: 'desc' })
})

test('an address says the order in as few words as there are, and what it cannot say is by start', () => {
  const orders: CallOrder[] = [
    { sort: 'duration', order: 'desc' },
    { sort: 'tokens', order: 'asc' },
  ]
  for (const order of orders) expect(orderFrom(orderToQuery(order))).toEqual(order)
  expect(orderToQuery({ sort: 'cost', order: 'desc' })).toEqual({ sort: 'cost', order: undefined })
  expect(orderToQuery(undefined)).toEqual({ sort: undefined, order: undefined })
  for (const sort of ['app', '__proto__', ['duration'], undefined])
    expect(orderFrom({ sort })).toBeUndefined()
  expect(['app', 'duration', 'cost', 'tokens', 'time'].map((id) => sortOf(id) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    false,
  ])
})
