import { expect, test } from 'vitest'
import { callsLink, rowFilter } from '../../../src/renderer/composables/calls-link.ts'

test('a number leads to its calls, with the range and the filters of its page', () => {
  expect(callsLink({ kind: 'quick', name: '24h' }, { app: 'shop' }, { status: 'error' })).toEqual({
    name: 'calls',
    query: { range: '24h', app: 'shop', status: 'error' },
  })
})

test('a bucket of a chart leads to its own time, a zoom to what it shows', () => {
  expect(callsLink({ from: 1, to: 2 })).toEqual({ name: 'calls', query: { from: '1', to: '2' } })
  const zoomed = { kind: 'custom', from: 1, to: 2, outOf: { kind: 'quick', name: '1h' } } as const
  expect(callsLink(zoomed)).toEqual({ name: 'calls', query: { from: '1', to: '2' } })
})

test('a row of a breakdown narrows down by its label, also by having none', () => {
  expect(rowFilter('user', 'ann')).toEqual({ userId: 'ann' })
  expect(rowFilter('errorType', 'timeout')).toEqual({ errorType: 'timeout' })
  expect(rowFilter('provider', null)).toEqual({ provider: '' })
})
