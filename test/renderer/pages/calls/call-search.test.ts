import { expect, test } from 'vitest'
import { readColumns } from '../../../../src/renderer/pages/calls/call-columns.ts'
import { searchFromQuery } from '../../../../src/renderer/pages/calls/call-search.ts'

test('an address says what is searched for', () => {
  const query = {
    q: '100%',
    status: 'error',
    errorType: 'timeout',
    sessionId: 's',
    minDurationMs: '0.5',
    maxDurationMs: '2000',
    range: '1h',
  }
  expect(searchFromQuery(query)).toEqual({
    q: '100%',
    status: 'error',
    errorType: 'timeout',
    sessionId: 's',
    minDurationMs: 0.5,
    maxDurationMs: 2000,
  })
})

test.each([
  ['q', ''],
  ['q', 'x'.repeat(1_001)],
  ['q', ['a', 'b']],
  ['status', 'broken'],
  ['minDurationMs', '-1'],
  ['minDurationMs', '1e9'],
  ['maxDurationMs', '999999999999'],
  ['sessionId', null],
])('what cannot be a search is none: %s=%j', (field, value) => {
  expect(searchFromQuery({ [field]: value })).toEqual({})
})

test('columns are shown in their order; what was not kept by us is not read', () => {
  expect(readColumns('["cost","app","unknown"]')).toEqual(['app', 'cost'])
  expect(readColumns('[]')).toEqual([])
  for (const text of [null, 'broken', '{}']) expect(readColumns(text)).toContain('model')
})
