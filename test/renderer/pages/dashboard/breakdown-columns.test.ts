import { describe, expect, test } from 'vitest'
import type { BreakdownRow } from '#shared/contract/monitoring.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'
import {
  breakdownTable,
  columnsOf,
  DIMENSION_LABELS,
  DIMENSIONS,
  sortRows,
} from '../../../../src/renderer/pages/dashboard/breakdown-columns.ts'

function rowOf(key: string | null, overrides: Partial<BreakdownRow> = {}): BreakdownRow {
  return {
    key,
    requests: 10,
    success: 10,
    errors: 0,
    successRate: 1,
    avgDurationMs: 5,
    p50Ms: 5,
    p95Ms: 9,
    p99Ms: 10,
    avgTtftMs: null,
    tokensPerSecond: null,
    inputTokens: 1,
    outputTokens: 2,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    totalTokens: 3,
    costNanos: 5e9,
    currency: 'USD',
    unpricedRequests: 0,
    satisfaction: null,
    ...overrides,
  }
}

const columnOf = (id: string) => {
  const column = columnsOf('model').find((one) => one.id === id)
  if (!column) throw new Error(`no column ${id}`)
  return column
}

describe('a breakdown', () => {
  test('may be by every label, each of which has a name', () => {
    expect([...DIMENSIONS].sort()).toEqual(Object.keys(DIMENSION_LABELS).sort())
  })

  test('puts what is not known last in either direction, and keeps the order of equal rows', () => {
    const rows = [
      rowOf('a', { p95Ms: null }),
      rowOf('b', { p95Ms: 1 }),
      rowOf('c', { p95Ms: 7 }),
      rowOf('d', { p95Ms: 1 }),
    ]
    const keysOf = (isDescending: boolean) =>
      sortRows(rows, columnOf('p95'), isDescending).map(({ key }) => key)
    expect(keysOf(true)).toEqual(['c', 'b', 'd', 'a'])
    expect(keysOf(false)).toEqual(['b', 'd', 'c', 'a'])
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('has no cost where no call has a price, which is not the same as none', () => {
    const unpriced = rowOf('a', { costNanos: 0, unpricedRequests: 10 })
    const free = rowOf('b', { costNanos: 0 })
    const cost = columnOf('cost')
    expect(cost.textOf(unpriced, createFormatters('en'))).toBe('—')
    expect(sortRows([unpriced, free], cost, true).map(({ key }) => key)).toEqual(['b', 'a'])
    const { fields, rows } = breakdownTable([unpriced, free], 'model')
    expect(rows.map((row) => row[fields.indexOf('cost')])).toEqual([null, 0])
  })

  test('by error type has no success rate: none succeeded', () => {
    expect(columnsOf('errorType').map(({ id }) => id)).not.toContain('successRate')
    expect(breakdownTable([rowOf(null)], 'errorType').fields[0]).toBe('errorType')
  })
})
