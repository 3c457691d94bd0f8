import { v7 as timeOrderedId } from 'uuid'
import type { Budget, NewBudget } from '#shared/contract/budgets.ts'
import { LIMITS } from '#shared/limits.ts'
import { RecentlyRemoved } from '#shared/recently-removed.ts'
import { Turns } from '#shared/turns.ts'
import type { Store } from '../store/store.ts'

/** What can be wrong with a change that is well-formed. */
export type BudgetProblem = 'not-found' | 'too-many'

/** What the user wants to spend at most. How budgets stand is computed from them: `budgetStatuses`. */
export interface Budgets {
  /** Oldest first, from memory. */
  list(): Budget[]
  get(id: string): Budget | undefined
  create(budget: NewBudget): Promise<Budget | BudgetProblem>
  /** Leaves what is not given as it is. */
  update(
    id: string,
    changes: { [K in keyof NewBudget]?: NewBudget[K] | undefined },
  ): Promise<Budget | BudgetProblem>
  remove(id: string): Promise<BudgetProblem | undefined>
  /** Removes the budgets of a user, for good. */
  forgetUser(userId: string): Promise<void>
  /** Takes back the removal of a budget that was removed lately: it is there again, by the same id. */
  restore(id: string): Promise<Budget | BudgetProblem>
}

/**
 * Reads the user's budgets. This process is the only one that changes them, so memory stays true.
 *
 * @throws ConsoleError what `Store.ask` throws; changes throw what `Store.writeBudget` does.
 */
export async function openBudgets(store: Pick<Store, 'ask' | 'writeBudget'>): Promise<Budgets> {
  const budgets = new Map((await store.ask('readBudgets', null)).map((budget) => [budget.id, budget]))
  const removed = new RecentlyRemoved<Budget>()
  const turns = new Turns()

  const keep = async (budget: Budget): Promise<Budget | BudgetProblem> => {
    if (budgets.size >= LIMITS.budgets && !budgets.has(budget.id)) return 'too-many'
    await store.writeBudget({ id: budget.id, budget })
    budgets.set(budget.id, budget)
    return budget
  }

  return {
    list: () => [...budgets.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    get: (id) => budgets.get(id),
    create: (budget) => turns.take(() => keep({ id: timeOrderedId(), ...budget })),
    update: (id, changes) =>
      turns.take(async () => {
        const budget = budgets.get(id)
        if (!budget) return 'not-found'
        const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
        return keep({ ...budget, ...given })
      }),
    remove: (id) =>
      turns.take(async () => {
        const budget = budgets.get(id)
        if (!budget) return 'not-found'
        await store.writeBudget({ id, budget: null })
        budgets.delete(id)
        removed.add(budget)
        return undefined
      }),
    forgetUser: (userId) =>
      turns.take(async () => {
        for (const { id, scope } of [...budgets.values()]) {
          if (scope.userId !== userId) continue
          await store.writeBudget({ id, budget: null })
          budgets.delete(id)
        }
        removed.forget(({ scope }) => scope.userId === userId)
      }),
    restore: (id) =>
      turns.take(async () => {
        const budget = removed.get(id)
        if (!budget) return 'not-found'
        const restored = await keep(budget)
        if (typeof restored !== 'string') removed.delete(id)
        return restored
      }),
  }
}
