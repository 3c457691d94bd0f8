import type { BudgetWithStatus } from '#shared/contract/budgets.ts'
import type { LabelFilter } from '../../composables/call-filter.ts'
import { FILTER_FIELDS } from '../../composables/call-filter.ts'

/** A budget, and what of it may be spent in one bucket of a chart if it is to last. */
export interface BudgetPace {
  budget: BudgetWithStatus
  /** In units of the base currency. */
  units: number
}

/**
 * The budget that costs are to be seen against: of those that are about exactly the calls that are shown, the one that
 * leaves least.
 *
 * @param bucketMs how long a bucket is.
 */
export function budgetPace(
  budgets: readonly BudgetWithStatus[],
  filter: LabelFilter,
  bucketMs: number,
): BudgetPace | undefined {
  return budgets
    .filter((budget) => budget.isEnabled && isAbout(budget, filter))
    .map((budget) => {
      const { periodStart, periodEnd } = budget.status
      return { budget, units: (budget.amount * bucketMs) / (periodEnd - periodStart) }
    })
    .sort((one, other) => one.units - other.units)[0]
}

function isAbout({ scope }: BudgetWithStatus, filter: LabelFilter): boolean {
  const wanted: LabelFilter = scope
  return FILTER_FIELDS.every(({ field }) => wanted[field] === filter[field])
}
