import { describe, expect, test } from 'vitest'
import { callQueryFrom, QUERY_FIELDS } from '../../../../src/renderer/pages/calls/call-filters.ts'
import { activeFilters } from '../../../../src/renderer/pages/calls/filter-text.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'
import { callQuerySchema } from '../../../../src/shared/contract/call-query.ts'
import { LIMITS } from '../../../../src/shared/limits.ts'

test('an address says what calls are narrowed down by', () => {
  const address = {
    q: '100%',
    status: 'error',
    errorType: 'timeout',
    sessionId: 's',
    traceId: 'AB',
    source: 'proxy',
    minDurationMs: '0.5',
    maxDurationMs: '2000',
    minCost: '0.01',
    hasFeedback: 'true',
    isPriced: 'false',
    provider: '',
    range: '1h',
    view: 'x',
  }
  expect(callQueryFrom(address)).toEqual({
    q: '100%',
    status: 'error',
    errorType: 'timeout',
    sessionId: 's',
    traceId: 'ab',
    source: 'proxy',
    minDurationMs: 0.5,
    maxDurationMs: 2000,
    minCost: 0.01,
    hasFeedback: true,
    isPriced: false,
    provider: '',
  })
})

test.each([
  ['q', ''],
  ['q', 'x'.repeat(LIMITS.searchLength + 1)],
  ['q', ['a', 'b']],
  ['status', 'broken'],
  ['minDurationMs', '-1'],
  ['minDurationMs', '1e9'],
  ['maxDurationMs', '999999999999'],
  ['minCost', 'much'],
  ['sessionId', null],
  ['sessionId', ''],
  ['traceId', 'no hex'],
  ['source', 'constructor'],
  ['hasFeedback', 'yes'],
  ['app', 'x'.repeat(201)],
])('what cannot be a filter is none: %s', (field, value) => {
  expect(callQueryFrom({ [field]: value, model: 'kept' })).toEqual({ model: 'kept' })
})

test('all that the console can narrow down by is a filter of the page', () => {
  expect([...QUERY_FIELDS].sort()).toEqual(Object.keys(callQuerySchema.shape).sort())
})

describe('activeFilters', () => {
  const say = (address: Record<string, string>) =>
    activeFilters(callQueryFrom(address), createFormatters('en'), (key) => key).map(
      ({ filter, text }) => `${filter.id} ${text}`,
    )

  test('says each filter in words', () => {
    expect(say({ app: 'shop', provider: '', hasFeedback: 'true', q: 'not a chip' })).toEqual([
      'app shop',
      'provider null',
      'hasFeedback explorer.yes',
    ])
  })

  test('a range is one filter, open at either end', () => {
    expect(say({ minDurationMs: '2000' })).toEqual(['duration ≥ 2 s'])
    expect(say({ maxDurationMs: '250' })).toEqual(['duration ≤ 250 ms'])
    expect(say({ minCost: '0.01', maxCost: '2' })).toEqual(['cost $0.01 – $2.00'])
  })
})
