import type { BreakdownRow } from '#shared/contract/monitoring.ts'
import type { Formatters } from '../../format/formatters.ts'
import type { RankedBar } from '../../components/charts/rank-options.ts'
import type { BreakdownColumn } from './breakdown-columns.ts'
import { columnsOf, sortRows } from './breakdown-columns.ts'

/** What things may be ranked by, of what a breakdown tells; the first if nobody chose. */
export const RANK_METRICS = [
  'requests',
  'p95',
  'tokens',
  'cost',
] as const satisfies readonly BreakdownColumn['id'][]
export type RankMetric = (typeof RANK_METRICS)[number]

/** What the rankings are of. */
export type RankDimension = 'model' | 'app' | 'user' | 'errorType'

/** The rows by a figure, the greatest first, each with what else is known of it. */
export function rankRows(
  rows: readonly BreakdownRow[],
  { by, metric }: { by: RankDimension; metric: RankMetric },
  format: Formatters,
  {
    nameOf,
    columnName,
  }: { nameOf: (row: BreakdownRow) => string; columnName: (column: BreakdownColumn) => string },
): (RankedBar & { row: BreakdownRow })[] {
  const columns = columnsOf(by)
  const column = columns.find(({ id }) => id === metric)
  if (!column) return []
  return sortRows(rows, column, true).map((row) => ({
    row,
    name: nameOf(row),
    value: column.valueOf(row),
    text: column.textOf(row, format),
    facts: columns.map((one) => ({ name: columnName(one), value: one.textOf(row, format) })),
  }))
}
