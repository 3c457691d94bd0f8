import { expect, test } from 'vitest'
import { viewAddress, viewQuery } from '../../../../src/renderer/pages/calls/views/view-address.ts'

test('a view keeps range and filters in one order, and nothing else of the address', () => {
  const address = 'range=24h&status=error&app=a+b%26c'
  expect(viewAddress({ view: 'x', app: 'a b&c', by: 'model', range: '24h', status: 'error' })).toBe(address)
  expect(viewAddress({ status: 'error', range: '24h', app: 'a b&c' })).toBe(address)
})

test('a zoom is kept as the range that it is', () => {
  expect(viewAddress({ from: '1000', to: '2000', outOf: '1h' })).toBe('from=1000&to=2000')
})

test('a view leads back to its address', () => {
  const query = { range: '7d', app: '', minCost: '0.5', hasFeedback: 'true' }
  expect(viewQuery({ id: 'v', address: viewAddress(query) })).toEqual({ view: 'v', ...query })
})

test('what somebody else wrote into a view is no filter', () => {
  expect(viewQuery({ id: 'v', address: 'range=2000y&status=broken&x=1&__proto__=2&app=shop' })).toEqual({
    view: 'v',
    range: '1h',
    app: 'shop',
  })
})
