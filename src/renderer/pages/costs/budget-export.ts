import type { BudgetWithStatus } from '#shared/contract/budgets.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime, unitsOf } from '#shared/export/export-table.ts'

/** Budgets and how they stand in the period that runs; amounts are in units of their currency. */
export function budgetTable(budgets: readonly BudgetWithStatus[]): ExportTable {
  return exportTable(budgets, {
    name: ({ name }) => name,
    app: ({ scope }) => scope.app ?? null,
    model: ({ scope }) => scope.model ?? null,
    userId: ({ scope }) => scope.userId ?? null,
    period: ({ period }) => period,
    periodStart: ({ status }) => isoTime(status.periodStart),
    periodEnd: ({ status }) => isoTime(status.periodEnd),
    amount: ({ amount }) => amount,
    spent: ({ status }) => unitsOf(status.spentNanos),
    remaining: ({ status }) => unitsOf(status.remainingNanos),
    forecast: ({ status }) => unitsOf(status.forecastNanos),
    currency: ({ status }) => status.currency,
    usedPercent: ({ status }) => status.usedPercent,
    state: ({ status }) => status.state,
    unpricedRequests: ({ status }) => status.unpricedRequests,
    isEnabled: ({ isEnabled }) => isEnabled,
  })
}
