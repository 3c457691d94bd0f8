export { budgetStatuses } from './budget-statuses.ts'
export type { BudgetProblem, Budgets } from './budgets.ts'
export { openBudgets } from './budgets.ts'
