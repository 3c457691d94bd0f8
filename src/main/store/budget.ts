import type { Kysely } from 'kysely'
import type { Budget } from '#shared/contract/budgets.ts'
import type { Schema } from './schema.ts'

/** What becomes of a budget: it is stored in place of the one before, or, with null, removed. */
export interface BudgetChange {
  id: string
  budget: Budget | null
}

export async function writeBudget(db: Kysely<Schema>, { id, budget }: BudgetChange): Promise<void> {
  if (budget === null) {
    await db.deleteFrom('budget').where('id', '=', id).execute()
    return
  }
  const { name, scope, period, amount, isEnabled } = budget
  const columns = {
    name,
    app: scope.app ?? null,
    model: scope.model ?? null,
    user_id: scope.userId ?? null,
    period,
    amount,
    is_enabled: isEnabled ? 1 : 0,
  }
  await db
    .insertInto('budget')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute()
}

/** The table is small, and read once. Ids ascend with time: oldest first. */
export async function readBudgets(db: Kysely<Schema>): Promise<Budget[]> {
  const rows = await db.selectFrom('budget').selectAll().orderBy('id').execute()
  return rows.map(({ id, name, app, model, user_id: userId, period, amount, is_enabled: isEnabled }) => ({
    id,
    name,
    scope: {
      ...(app === null ? {} : { app }),
      ...(model === null ? {} : { model }),
      ...(userId === null ? {} : { userId }),
    },
    period,
    amount,
    isEnabled: isEnabled === 1,
  }))
}
