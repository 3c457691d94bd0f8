import type { BreakdownBy, BreakdownRow } from '#shared/contract/monitoring.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, unitsOf } from '#shared/export/export-table.ts'
import type { Formatters } from '../../format/formatters.ts'

/** What a breakdown may be by; the first if nobody chose. */
export const DIMENSIONS = [
  'model',
  'app',
  'appType',
  'user',
  'provider',
  'environment',
  'errorType',
] as const satisfies readonly BreakdownBy[]

export const DIMENSION_LABELS: Record<BreakdownBy, string> = {
  model: 'dimension.model',
  app: 'dimension.app',
  appType: 'dimension.appType',
  user: 'dimension.user',
  provider: 'dimension.provider',
  environment: 'dimension.environment',
  errorType: 'dimension.errorType',
}

/** A figure of the rows: how it reads, and by what rows are put in order. */
export interface BreakdownColumn {
  id: 'requests' | 'successRate' | 'p50' | 'p95' | 'tokens' | 'cost'
  /** The message that names it, or a name that is the same in every language. */
  label: string | { plain: string }
  valueOf: (row: BreakdownRow) => number | null
  textOf: (row: BreakdownRow, format: Formatters) => string
}

/** Calls without a price are not free. */
const costOf = (row: BreakdownRow) => (row.requests > row.unpricedRequests ? row.costNanos : null)

const COLUMNS: readonly BreakdownColumn[] = [
  {
    id: 'requests',
    label: 'dashboard.requests',
    valueOf: (row) => row.requests,
    textOf: (row, format) => format.count(row.requests),
  },
  {
    id: 'successRate',
    label: 'dashboard.successRate',
    valueOf: (row) => row.successRate,
    textOf: (row, format) => format.percent(row.successRate),
  },
  {
    id: 'p50',
    label: { plain: 'P50' },
    valueOf: (row) => row.p50Ms,
    textOf: (row, format) => format.duration(row.p50Ms),
  },
  {
    id: 'p95',
    label: { plain: 'P95' },
    valueOf: (row) => row.p95Ms,
    textOf: (row, format) => format.duration(row.p95Ms),
  },
  {
    id: 'tokens',
    label: 'dashboard.tokens',
    valueOf: (row) => row.totalTokens,
    textOf: (row, format) => format.compact(row.totalTokens),
  },
  {
    id: 'cost',
    label: 'dashboard.cost',
    valueOf: costOf,
    textOf: (row, format) => format.cost(costOf(row), row.currency),
  },
]

/** The figures that say something: of errors, none succeeded. */
export function columnsOf(by: BreakdownBy): readonly BreakdownColumn[] {
  return by === 'errorType' ? COLUMNS.filter(({ id }) => id !== 'successRate') : COLUMNS
}

/** Puts rows in order; what is not known comes last either way, and equal ones stay as they were. */
export function sortRows(
  rows: readonly BreakdownRow[],
  { valueOf }: BreakdownColumn,
  isDescending: boolean,
): BreakdownRow[] {
  const sign = isDescending ? -1 : 1
  return rows.toSorted((one, other) => {
    const [a, b] = [valueOf(one), valueOf(other)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (a - b)
  })
}

/** All rows with the names that the HTTP API has for their fields. */
export function breakdownTable(rows: readonly BreakdownRow[], by: BreakdownBy): ExportTable {
  return exportTable(rows, {
    [by]: (row) => row.key,
    requests: (row) => row.requests,
    success: (row) => row.success,
    errors: (row) => row.errors,
    successRate: (row) => row.successRate,
    avgDurationMs: (row) => row.avgDurationMs,
    p50Ms: (row) => row.p50Ms,
    p95Ms: (row) => row.p95Ms,
    p99Ms: (row) => row.p99Ms,
    inputTokens: (row) => row.inputTokens,
    outputTokens: (row) => row.outputTokens,
    totalTokens: (row) => row.totalTokens,
    cost: (row) => unitsOf(costOf(row)),
    currency: (row) => row.currency,
    unpricedRequests: (row) => row.unpricedRequests,
    satisfaction: (row) => row.satisfaction,
  })
}
