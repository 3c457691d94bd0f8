import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'
import type { Budgets } from '../budgets/index.ts'
import { budgetStatuses } from '../budgets/index.ts'
import type { Store } from '../store/store.ts'

/**
 * How much is used of the budgets that rules watch, in percent, by their ids.
 *
 * @param now epoch ms
 */
export async function budgetUsage(
  store: Pick<Store, 'ask'>,
  budgets: Pick<Budgets, 'get'>,
  rules: readonly Pick<NewAlertRule, 'conditions'>[],
  now: number,
): Promise<Record<string, number>> {
  const ids = rules.flatMap(({ conditions }) => conditions.flatMap(({ budgetId }) => budgetId ?? []))
  const watched = [...new Set(ids)].flatMap((id) => budgets.get(id) ?? [])
  if (watched.length === 0) return {}
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const statuses = await budgetStatuses(store, watched, now, timeZone)
  return Object.fromEntries(statuses.map(({ id, status }) => [id, status.usedPercent]))
}
