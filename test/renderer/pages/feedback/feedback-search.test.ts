import { describe, expect, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { filterOf, searchFromQuery } from '../../../../src/renderer/pages/feedback/feedback-search.ts'

describe('the search in an address', () => {
  test('is read as it was written', () => {
    const query = {
      state: 'open',
      rating: '1-2',
      type: 'accuracy',
      source: '',
      app: 'shop',
      model: '',
      tag: '幻觉',
      assignee: '',
      userId: 'u',
      requestId: 'r',
      logId: '12',
      q: ' slow ',
    }
    expect(searchFromQuery({ ...query, range: '7d', view: 'statistics' })).toEqual(query)
  })

  test.each([
    { state: 'SECRET', rating: '6', type: 'x', source: 'x', logId: '-1' },
    { rating: '0' },
    { rating: '3.5' },
    { rating: '1-6' },
    { app: '', userId: '', requestId: '', q: '' },
    { app: ['a', 'b'], tag: null, q: 5 },
    { app: 'x'.repeat(LIMITS.nameLength + 1), q: 'x'.repeat(LIMITS.searchLength + 1) },
    { logId: '1e3' },
  ])('without what cannot be one: %j', (query) => {
    expect(searchFromQuery(query)).toEqual({})
  })
})

test('the contract is asked for the same', () => {
  expect(filterOf({ state: 'open', rating: '1-2', logId: '12', tag: '', q: 'x' })).toEqual({
    minRating: 1,
    maxRating: 2,
    logId: 12,
    tag: '',
    q: 'x',
  })
  expect(filterOf({ rating: '4' })).toEqual({ minRating: 4, maxRating: 4 })
  expect(filterOf({})).toEqual({})
})
